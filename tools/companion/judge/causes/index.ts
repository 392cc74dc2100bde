// The known mistakes, those with evidence of their own before those that remain.
import type { Cause } from '../cause'
import { causes as start } from './start'
import { causes as exec } from './01-exec'
import { causes as uts } from './02-uts'
import { causes as pid } from './03-pid'
import { causes as mount } from './04-mount'
import { causes as chroot } from './05-chroot'
import { causes as pivotRoot } from './06-pivot-root'
import { causes as cgroups } from './07-cgroups'
import { causes as net } from './08-net'
import { causes as ipc } from './09-ipc'

const all: Cause[] = [start, exec, uts, pid, mount, chroot, pivotRoot, cgroups, net, ipc].flat()

export const causes: Cause[] = [
  ...all.filter((cause) => cause.evidence),
  ...all.filter((cause) => !cause.evidence),
]
