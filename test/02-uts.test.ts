import { prove } from './lib/register'
import { properties } from './properties/02-uts'

prove('02-uts', properties)
