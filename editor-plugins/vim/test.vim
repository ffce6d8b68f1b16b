" Dumps the highlighting of a file, and tests it:
"   vim -es -u NONE -S editor-plugins/vim/test.vim
"   nvim -es -u NONE -S editor-plugins/vim/test.vim
" Each case is a line of mag and, below it, one letter for the group of each character.

set nocompatible
let s:here = expand('<sfile>:p:h')
execute 'set runtimepath^=' . fnameescape(s:here)
set encoding=utf-8
filetype plugin indent on
syntax on

let s:letters = {
      \ 'magComment': 'c', 'magExample': 'x', 'magStatement': 's', 'magCommand': 's', 'magPart': 'p',
      \ 'magDefined': 'd', 'magFunction': 'f', 'magControl': 'f', 'magGenerator': 'f', 'magOperator': 'o',
      \ 'magDot': '.', 'magNumber': '0', 'magBoolean': 'b', 'magText': 't', 'magMiniQuote': 'q', 'magMini': ' ',
      \ 'magMiniName': 'n', 'magMiniNumber': '1', 'magMiniOperator': 'O', 'magMiniBracket': 'B',
      \ 'magMiniRest': 'r', 'magMiniHold': 'h', '': ' '}

" Names that are functions only if the standard library declares them are written as blanks here.
let s:cases = [
      \ ['-- hello "bd"',                'ccccccccccccc'],
      \ ['-- > s "bd"',                  'cccxxxxxxxx'],
      \ ['tempo 124',                    'sssss 000'],
      \ ['meter 3/4',                    'sssss 0o0'],
      \ ['let home depth = "d3:dorian"', 'sss dddd       o qnnOnnnnnnq'],
      \ ['native zzz a',                 'ssssss ddd  '],
      \ ['out window = zzz ''a "b" c''', 'sss dddddd o     ttttttttt'],
      \ ['kick: zz "bd*4 ~ sn? -"',      'pppp     qnnO1 r nnO rq'],
      \ ['hats: zz "<hh(3,8)!2 -1.5>@2"', 'pppp     qBnnB1O1BO1 1111BO1q'],
      \ ['zz "c#3 . [a|b] _ {a b}%4"',   '   qnnn O BnOnB h Bn nBO1q'],
      \ ['zz "0 .. 7 1..3 a:3 bd_2"',    '   q1 OO 1 1OO1 nO1 nnnnq'],
      \ ['  .zz 3 (.zz -2) [1, 2.5] -- x', '  .   0  .   00   0  000  cccc'],
      \ ['zz (\q -> q + 1e3)',           '    o  oo   o 000 '],
      \ ['zz true && false',             '   bbbb oo bbbbb'],
      \ ['zz "never closed',             '   qnnnnn nnnnnn'],
      \ ['kick: zz 2',                   'pppp     0'],
      \ ]

function! s:groups(line) abort
  let text = ''
  for column in range(1, len(getline(a:line)))
    let group = synIDattr(synID(a:line, column, 1), 'name')
    let text .= get(s:letters, group, '?')
  endfor
  return text
endfunction

let s:failures = []
new
setfiletype mag
call setline(1, map(copy(s:cases), 'v:val[0]'))
syntax sync fromstart
let s:number = 0
for [s:source, s:expected] in s:cases
  let s:number += 1
  let s:found = s:groups(s:number)
  if substitute(s:found, '\s*$', '', '') !=# substitute(s:expected, '\s*$', '', '')
    call extend(s:failures, [s:source, s:expected . '  <- expected', s:found . '  <- found', ''])
  endif
endfor

" Indentation: a chain goes on indented, a bracket wants more, a statement stays.
call setline(1, ['lead: zz 4', '.zz 3', '.zz 2'])
silent 4,$delete _
normal! gg=G
if getline(1, '$') !=# ['lead: zz 4', '    .zz 3', '    .zz 2']
  call extend(s:failures, ['indentation:'] + getline(1, '$'))
endif
" A part that is typed below a chain starts in column 0.
call setline(1, ['lead: zz 4', '    .zz 3', ''])
execute 'normal! 2Gokick: zz "bd:3"'
if getline(3) !=# 'kick: zz "bd:3"'
  call extend(s:failures, ['a new part:'] + getline(1, '$'))
endif
if &commentstring !=# '-- %s' || empty(maparg('<LocalLeader>h', 'n'))
  call add(s:failures, 'the file type plugin was not loaded')
endif

if empty(s:failures)
  call writefile([len(s:cases) . ' lines highlighted as they should be'], '/dev/stdout', 'a')
  qall!
endif
call writefile(s:failures, '/dev/stdout', 'a')
cquit
