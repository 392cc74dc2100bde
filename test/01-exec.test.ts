import { prove } from './lib/register'
import { properties } from './properties/01-exec'

prove('01-exec', properties)
