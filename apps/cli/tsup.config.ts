export { default } from '../../tools/build/tsup-program.ts'
