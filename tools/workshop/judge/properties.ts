// The properties of the steps, which are data: the tests make tests of them, the judge a judgement.
import { properties as exec } from '../../../test/properties/01-exec'
import { properties as uts } from '../../../test/properties/02-uts'
import { properties as pid } from '../../../test/properties/03-pid'
import { properties as mount } from '../../../test/properties/04-mount'
import { properties as chroot } from '../../../test/properties/05-chroot'
import { properties as pivotRoot } from '../../../test/properties/06-pivot-root'
import { properties as cgroups } from '../../../test/properties/07-cgroups'
import { properties as net } from '../../../test/properties/08-net'
import { properties as ipc } from '../../../test/properties/09-ipc'
import type { Property } from '../../../test/properties/property'

const all: Record<string, Property[]> = {
  '01-exec': exec,
  '02-uts': uts,
  '03-pid': pid,
  '04-mount': mount,
  '05-chroot': chroot,
  '06-pivot-root': pivotRoot,
  '07-cgroups': cgroups,
  '08-net': net,
  '09-ipc': ipc,
}

export const propertiesOf = (step: string): Property[] => all[step] ?? []
