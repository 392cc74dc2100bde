import { prove } from './lib/register'
import { properties } from './properties/07-cgroups'

prove('07-cgroups', properties)
