/** Where the journal lies within the home. */
export const JOURNAL_FILE = 'state/journal.db'
