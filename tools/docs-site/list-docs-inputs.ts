import { listCheckout } from '../checks/list-checkout.ts'

/** Files of the checkout that the site is made from: all of docs/ but the rules for its writers and the dated decisions. */
export function listDocsInputs(root: string): readonly string[] {
  return listCheckout(root).filter((file) => file.startsWith('docs/') && !NOT_OF_THE_SITE.test(file))
}

const NOT_OF_THE_SITE = /^docs\/(?:README\.md$|(?:decisions|node_modules|dist|\.astro|\.state)(?:\/|$))/
