" Indentation of mag: a statement starts in column 0, what continues it is indented.

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=MagIndent(v:lnum)
setlocal indentkeys=0.,0),0],0},<:>,0=let,0=out,0=synth,o,O,!^F
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*MagIndent')
  finish
endif

function! MagIndent(line) abort
  " What can only start a statement goes to column 0, wherever it was typed.
  if getline(a:line) =~# '^\s*\%(\a\w*\s*:\|\%(let\|out\|synth\)\>\)'
    return 0
  endif
  let above = prevnonblank(a:line - 1)
  if above == 0
    return 0
  endif
  let text = substitute(getline(above), '"[^"]*"\|''[^'']*''', '', 'g')
  let text = substitute(text, '--.*$', '', '')
  " A chain goes on below its start; an open bracket or a dangling '=' or ':' wants more.
  if getline(a:line) =~# '^\s*\.\a'
    return indent(above) > 0 ? indent(above) : shiftwidth() * 2
  endif
  let open = count(text, '(') + count(text, '[') + count(text, '{')
  let closed = count(text, ')') + count(text, ']') + count(text, '}')
  if open > closed || text =~# '[=:]\s*$'
    return indent(above) + shiftwidth()
  endif
  return indent(above)
endfunction
