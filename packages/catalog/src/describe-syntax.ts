import type { ErrorCode, YAMLError } from 'yaml'
import type { CatalogCode } from './create-finding.ts'
import { deeperLine } from './list-causes.ts'

interface Description {
  readonly code: CatalogCode
  readonly message: string
  readonly fix: string
}

/** What an error of the YAML library means to a person. */
export function describeSyntax({ code, message }: Pick<YAMLError, 'code' | 'message'>): Description {
  const [said, fix] = descriptions.find(([known, part]) => known === code && message.includes(part))?.[2] ?? others
  return { code: code === 'TAB_AS_INDENT' ? 'TAB_INDENT' : code === 'BAD_DIRECTIVE' ? 'YAML_DIRECTIVE' : 'YAML_SYNTAX', message: said, fix }
}

const others = [
  'The text cannot be read as YAML here.',
  'Look for a missing quote, colon or bracket on this line or the one above.',
] as const

/** In order: the first whose code and part of the library's text fit. */
const descriptions: readonly (readonly [ErrorCode, string, readonly [string, string]])[] = [
  ['TAB_AS_INDENT', '', ['A tab is used for indentation.', 'Replace the tab by spaces.']],
  [
    'BAD_DIRECTIVE',
    '',
    ['A line that starts with % is a directive, which files of a haus do not have.', 'Delete the line, or put the text in quotes.'],
  ],
  [
    'MISSING_CHAR',
    "closing 'quote",
    ['A text in single quotes is never closed.', "Close it with ', and write '' for an apostrophe inside."],
  ],
  ['MISSING_CHAR', 'closing "quote', ['A text in double quotes is never closed.', 'Close it with ", and write \\" for a quote inside.']],
  ['MISSING_CHAR', 'Implicit map keys', ['A key without a colon.', 'Write key: value, with a space after the colon.']],
  [
    'MISSING_CHAR',
    'Comments must be separated',
    ['A # directly after other text.', 'Put a space before the #, or quotes around the text.'],
  ],
  ['MISSING_CHAR', 'space after :', ['A colon without a space after it.', 'Write key: value, with a space after the colon.']],
  ['MISSING_CHAR', 'Missing ,', ['A comma is missing between two entries inside brackets.', 'Put a comma between them.']],
  ['MISSING_CHAR', 'Sequence item without -', ['A line of a list does not start with a dash.', 'Start it with "- ".']],
  ['MISSING_CHAR', 'expected', ['A bracket is never closed.', 'Close the bracket.']],
  ['MISSING_CHAR', 'must end with a', ['A bracket is never closed.', 'Close the bracket.']],
  ['BAD_INDENT', 'sequence items must start', ['The dashes of a list are not in one column.', 'Start all of them in the same column.']],
  [
    'BAD_INDENT',
    'must start at the same column',
    ['This line does not start in the column of the keys above it.', 'Start all keys of one map in the same column.'],
  ],
  [
    'BAD_INDENT',
    deeperLine,
    [
      'This line is indented deeper than the one above, which has its value already.',
      'Start both lines in the same column; if they are one text, put that in quotes.',
    ],
  ],
  ['BAD_INDENT', 'end with a', ['A bracket is never closed.', 'Close the bracket.']],
  ['BAD_INDENT', '', ['The indentation does not fit the lines above.', 'Indent this line like its neighbours.']],
  [
    'MULTILINE_IMPLICIT_KEY',
    '',
    ['A key goes over several lines.', 'Look for a line above that lacks its colon or its quote; a key stands on one line.'],
  ],
  ['BLOCK_AS_IMPLICIT_KEY', 'sequence', ['A list stands where a key should.', 'Move the list to the next line, below its key.']],
  ['BLOCK_AS_IMPLICIT_KEY', '', ['Two keys on one line.', 'Put the text in quotes if the colon is part of it; else start a new line.']],
  ['BLOCK_IN_FLOW', '', ['An indented block inside brackets.', 'Write it with brackets too, or remove the outer brackets.']],
  ['BAD_SCALAR_START', '', ['A value cannot start with this character.', 'Put the value in quotes.']],
  ['BAD_DQ_ESCAPE', '', ['A backslash before a character that it cannot escape.', 'Write \\\\ for a backslash, or use single quotes.']],
  ['BAD_ALIAS', '', ['An anchor or alias whose name is empty or ends in a colon.', 'Put the value in quotes if & or * is part of it.']],
  ['ALIAS_PROPS', '', ['An alias with a tag or an anchor of its own.', 'Remove the tag or the anchor.']],
  ['KEY_OVER_1024_CHARS', '', ['A key of more than 1,024 characters.', 'Look for a missing quote above.']],
  ['UNEXPECTED_TOKEN', 'Block scalar header', ['Text on the line of | or >.', 'Start the text on the next line.']],
  ['UNEXPECTED_TOKEN', 'flow-', ['A closing bracket that nothing opened, or text after it.', 'Remove it, or add the opening bracket.']],
  ['UNEXPECTED_TOKEN', 'Unexpected ,', ['A comma with nothing before it.', 'Remove the comma.']],
  ['UNEXPECTED_TOKEN', 'empty item', ['Two commas with nothing between them.', 'Remove one of them.']],
  ['UNEXPECTED_TOKEN', 'at node end', ['Text after the end of a value.', 'Put the whole value in quotes, or start a new line.']],
]
