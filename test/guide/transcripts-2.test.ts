import { playShare } from './play'

playShare(1)
