export { default } from '../../tools/build/tsup-package.ts'
