import { arrow, host, picture, process, text, thing } from '../deck/picture'

export default picture(
  'On the host, node main.ts run starts the command. Its hostname, processes, files, network and memory are the host’s.',
  470,
  host(0, 0, 1160, 470),
  process('node main.ts run', '', 60, 100, 250),
  process('/bin/sh', 'the command', 540, 90, 240),
  arrow(
    [
      [310, 124],
      [532, 124],
    ],
    'spawn',
  ),
  arrow([
    [660, 160],
    [660, 250],
    [185, 250],
    [185, 156],
  ]),
  text(422, 240, 'exit status', 'middle'),
  text(40, 345, 'all of these are the host’s:', 'quiet'),
  thing('kernel', 'hostname', '', 40, 370, 190),
  thing('kernel', 'processes', '', 260, 370, 190),
  thing('kernel', 'files', '', 480, 370, 190),
  thing('kernel', 'network', '', 700, 370, 190),
  thing('kernel', 'memory', '', 920, 370, 190),
  arrow(
    [
      [780, 125],
      [1015, 125],
      [1015, 362],
    ],
    'sees and uses',
    '',
    [60, -14],
  ),
)
