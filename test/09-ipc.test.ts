import { prove } from './lib/register'
import { properties } from './properties/09-ipc'

prove('09-ipc', properties)
