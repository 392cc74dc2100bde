import { prove } from './lib/register'
import { properties } from './properties/08-net'

prove('08-net', properties)
