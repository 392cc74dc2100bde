import { prove } from './lib/register'
import { properties } from './properties/04-mount'

prove('04-mount', properties)
