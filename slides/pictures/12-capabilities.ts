import { arrow, boundary, host, picture, process, step, text, thing } from '../deck/picture'

export default picture(
  'On the host, root has 41 capabilities. Before the command starts, all but eleven leave the bounding set. In the container, root has eleven: among them chown, kill, setuid, net_raw and port 80. Mounting, devices, modules, the clock and the log are not among them.',
  470,
  host(0, 0, 520, 470),
  process('root', '41 capabilities', 40, 70, 220),
  thing('file', 'mount', 'CAP_SYS_ADMIN', 40, 180, 210),
  thing('file', 'devices', 'CAP_MKNOD', 280, 180, 210),
  thing('file', 'modules', 'CAP_SYS_MODULE', 40, 275, 210),
  thing('file', 'the clock', 'CAP_SYS_TIME', 280, 275, 210),
  thing('file', 'dmesg', 'CAP_SYSLOG', 40, 370, 210),
  text(300, 415, 'and 25 more', 'quiet'),
  step(
    0,
    boundary('container', 680, 0, 480, 470),
    process('root', '11 capabilities', 720, 70, 220),
    thing('file', 'chown', 'CAP_CHOWN', 710, 180, 200),
    thing('file', 'su', 'CAP_SETUID', 930, 180, 200),
    thing('file', 'kill', 'CAP_KILL', 710, 275, 200),
    thing('file', 'ping', 'CAP_NET_RAW', 930, 275, 200),
    thing('file', 'port 80', 'CAP_NET_BIND…', 710, 370, 200),
    text(950, 415, 'and 6 more', 'quiet'),
    arrow([
      [260, 105],
      [714, 105],
    ]),
    text(540, 90, 'execve', 'code'),
    text(535, 140, 'bounding set', 'quiet'),
  ),
)
