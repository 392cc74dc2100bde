import { playShare } from './play'

playShare(0)
