// The program behind `npm run test:vm`: the tests on another kernel, in QEMU.
import { main } from '../../setup/terminal.mjs'
import { testInVm } from './main.mjs'

main(() => testInVm(process.argv.slice(2)))
