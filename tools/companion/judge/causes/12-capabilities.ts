import { status } from '../../../../test/harness/proc'
import type { Cause } from '../cause'
import type { Scene } from '../scene'

const drop = { step: '12-capabilities', file: 'capabilities.ts' }
const sets = /^the (bounding|permitted|effective) set/
const settings = /^the kernel's settings/
const secrets = /look empty$/
const device = /^a device that lies/

const read = async (scene: Scene, field: string) =>
  BigInt(`0x${status((await scene.shell()).pid, field) ?? '0'}`)
const CHOWN = 1n
const isLong = (seen: string) => (seen.match(/CAP_/g) ?? []).length > 8
const SYS_ADMIN = 1n << 21n

/** What `su` and `chown` need, which other claims rely on. */
const needed = { CAP_CHOWN: CHOWN, CAP_SETGID: 1n << 6n, CAP_SETUID: 1n << 7n }

export const causes: Cause[] = [
  {
    id: 'dropped-the-needed',
    async evidence(scene) {
      const bounding = await read(scene, 'CapBnd')
      return (
        (bounding & SYS_ADMIN) > 0n &&
        (bounding & CHOWN) === 0n &&
        `CapBnd of the command is ${bounding.toString(16)}: CAP_SYS_ADMIN is in it, CAP_CHOWN isn't`
      )
    },
    usually: 'The wrong ones went: what programs need was dropped, and the rest is still there.',
    look: 'In the container: grep Cap /proc/self/status; on the host: capsh --decode=NUMBER',
    call: 'prctl(PR_CAPBSET_DROP, cap) for each cap that is not on the list. See capabilities(7).',
    lines: { ...drop, pattern: /PR_CAPBSET_DROP, cap/ },
  },
  {
    id: 'capability-missing',
    async evidence(scene, seen) {
      if (/^no CAP_/.test(seen)) return `the command has ${seen}`
      const bounding = await read(scene, 'CapBnd')
      const lacking = Object.entries(needed).find(([, bit]) => (bounding & bit) === 0n)
      return lacking && `the command has no ${lacking[0]} (${bounding.toString(16)})`
    },
    usually: 'Programs of every day need this one, and it was given up.',
    look: 'In the container: grep Cap /proc/self/status; on the host: capsh --decode=NUMBER',
    call: 'It belongs on the list of those that are kept. See capabilities(7).',
    lines: { ...drop, pattern: /^const (files|users|network)/ },
  },
  {
    id: 'newer-capabilities-kept',
    of: sets,
    evidence: (_, seen) =>
      /CAP_CHECKPOINT_RESTORE.* too \(/.test(seen) &&
      !isLong(seen) &&
      !seen.includes('CAP_SYS_ADMIN') &&
      `the last ones are left: ${seen}`,
    usually: 'The loop ends too early: newer kernels have more capabilities than older lists.',
    look: 'cat /proc/sys/kernel/cap_last_cap',
    call: 'Ask the kernel for the last one, and go up to it. See capabilities(7).',
    lines: { ...drop, pattern: /cap_last_cap|cap <= last/ },
  },
  {
    id: 'capability-too-many',
    of: sets,
    evidence: (_, seen) => / too \(/.test(seen) && !isLong(seen) && `the command has ${seen}`,
    usually: 'The list of those that are kept has one that lets a container reach its host.',
    look: 'In the container: grep Cap /proc/self/status; on the host: capsh --decode=NUMBER',
    call: 'What each one allows, capabilities(7) says: take it off the list.',
    lines: { ...drop, pattern: /^const (files|users|network)/ },
  },
  {
    id: 'bounding-set-kept',
    of: sets,
    async evidence(scene) {
      const [bounding, effective] = [await read(scene, 'CapBnd'), await read(scene, 'CapEff')]
      return (
        (bounding & SYS_ADMIN) > 0n &&
        (effective & SYS_ADMIN) === 0n &&
        `CAP_SYS_ADMIN is still in the command's CapBnd, ${bounding.toString(16)}, but not in CapEff`
      )
    },
    usually:
      'The thread gave up its capabilities, but the bounding set has them all: it says what a program can ever get.',
    look: 'In the container: grep Cap /proc/self/status',
    call: 'prctl(PR_CAPBSET_DROP, cap) for each one that is not on the list, before capset(): it needs CAP_SETPCAP. See prctl(2).',
    lines: { ...drop, pattern: /PR_CAPBSET_DROP, cap/ },
  },
  {
    id: 'capabilities-come-back',
    of: sets,
    async evidence(scene, seen) {
      if (!isLong(seen)) return undefined // some were given up
      const [bounding, effective] = [await read(scene, 'CapBnd'), await read(scene, 'CapEff')]
      return (
        (bounding & effective & SYS_ADMIN) > 0n &&
        `CapEff and CapBnd of the command are ${effective.toString(16)}: CAP_SYS_ADMIN is in both`
      )
    },
    usually:
      'Nothing was given up, or capset() alone did it: a program that root executes gets all of the bounding set back.',
    look: 'In the container: grep Cap /proc/self/status',
    call: 'Empty the bounding set of what you do not keep, then capset(), just before execvp(). See “Transformation of capabilities during execve()” in capabilities(7).',
    lines: { ...drop, pattern: /PR_CAPBSET_DROP, cap|capset/ },
  },
  {
    id: 'inheritable-kept',
    of: /^the inheritable/,
    evidence: (_, seen) => seen.includes('CAP_') && `what was inherited is still there: ${seen}`,
    usually:
      "capset() was given no empty inheritable set, or wasn't called: what the user who starts `run` had in it, the command has.",
    look: 'sudo setpriv --inh-caps=+chown --ambient-caps=+chown npm run step -- mine grep Cap /proc/self/status',
    call: 'capset() with inheritable: [] empties the ambient set too. See capset(2).',
    lines: { ...drop, pattern: /capset/ },
  },
  {
    id: 'no-new-privs-missing',
    of: /^no program gets more/,
    async evidence(scene) {
      const flag = status((await scene.shell()).pid, 'NoNewPrivs')
      return flag !== '1' && `NoNewPrivs of the command is ${flag}`
    },
    usually:
      'A set-user-ID program, such as su, still makes an ordinary user in the container its root.',
    look: 'In the container: grep NoNewPrivs /proc/self/status',
    call: 'prctl(PR_SET_NO_NEW_PRIVS, 1) before execvp(): children inherit it. See prctl(2).',
    lines: { ...drop, pattern: /PR_SET_NO_NEW_PRIVS, 1/ },
  },
  {
    id: 'devices-work',
    of: device,
    async evidence(scene) {
      const root = (await scene.mounts()).findLast(({ point }) => point === '/')
      return (
        root !== undefined &&
        !root.options.split(',').includes('nodev') &&
        `the mount of / has the options ${root.options}: no nodev`
      )
    },
    usually:
      'Without CAP_MKNOD the container makes no device. But one that lies in the rootfs or in a layer already works.',
    look: 'In the container: grep " / " /proc/mounts',
    call: 'Mount the overlay with MS_NODEV. See mount(2).',
    lines: { step: '12-capabilities', file: 'layer.ts', pattern: /MS_NODEV, options/ },
  },
  {
    id: 'settings-writable',
    of: settings,
    async evidence(scene) {
      const mounts = await scene.mounts()
      return (
        !mounts.some(({ point }) => point === '/proc/sys') &&
        'nothing is mounted on /proc/sys, and /proc can be written'
      )
    },
    usually:
      'Files in /proc/sys ask for user 0, not for a capability: root without any power still writes them.',
    look: 'In the container: grep /proc/sys /proc/mounts',
    call: "protect(['/proc/sys', …]) from #shared/paths, when what you write there yourself is written.",
    lines: { step: '12-capabilities', pattern: /protect\(/ },
  },
  {
    id: 'settings-remain',
    of: settings,
    usually: 'Some of the paths through which the kernel is configured can still be written to.',
    look: 'In the container: grep proc /proc/mounts',
    call: "protect(['/proc/sys', '/proc/sysrq-trigger', …]) from #shared/paths. See proc(5).",
    lines: { step: '12-capabilities', pattern: /protect\(/ },
  },
  {
    id: 'secrets-visible',
    of: secrets,
    usually:
      'Files such as /proc/keys and /proc/kcore tell user 0 about the kernel and the host, with or without capabilities.',
    look: 'In the container: cat /proc/keys',
    call: "hide(['/proc/keys', …]) from #shared/paths. See proc(5).",
    lines: { step: '12-capabilities', pattern: /hide\(/ },
  },
  {
    id: 'too-much-given-up',
    of: /^programs of every day/,
    usually: 'Something was given up, or made read-only, that programs of every day need.',
    look: 'In the container: the very command that is named above; and grep Cap /proc/self/status',
    call: 'capabilities(7) says what each one is for: CAP_CHOWN for chown, CAP_SETUID and CAP_SETGID for su, CAP_NET_BIND_SERVICE for port 80.',
    lines: { ...drop, pattern: /^const (files|users|network)/ },
  },
  {
    id: 'capabilities-kept',
    usually: 'The command may do what only root of the host should: one of its powers is left.',
    look: 'In the container: grep Cap /proc/self/status; on the host: capsh --decode=NUMBER',
    call: 'Drop all capabilities but a few, just before execvp(). See capabilities(7).',
    lines: { ...drop, pattern: /PR_CAPBSET_DROP, cap|capset|PR_SET_NO_NEW_PRIVS, 1/ },
  },
]
