import { prove } from './lib/register'
import { properties } from './properties/03-pid'

prove('03-pid', properties)
