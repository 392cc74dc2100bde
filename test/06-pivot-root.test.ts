import { prove } from './lib/register'
import { properties } from './properties/06-pivot-root'

prove('06-pivot-root', properties)
