import { playShare } from './play'

playShare(2)
