" Syntax of mag, with the mini-notation inside double quotes.
" The names of the standard library are in syntax/mag/words.vim, which is generated.

if exists('b:current_syntax')
  finish
endif

" Operators first: what is defined later wins where both match.
syntax match magOperator '[-+*/%=<>!&|\\]'
syntax match magDot '\.\ze\a'
syntax match magNumber '\%([^[:alnum:]_)"'']\@1<=-\|\<\)\=\<\d\+\%(\.\d\+\)\=\%(e[-+]\=\d\+\)\=\>'
syntax keyword magBoolean true false

" Statements begin in column 0.
syntax match magPart '^\a\w*\ze\s*:'
syntax match magStatement '^\%(let\|native\|synth\)\>' nextgroup=magDefined skipwhite
syntax match magStatement '^out\>' nextgroup=magDefined skipwhite
syntax match magStatement '^use\>'
syntax match magCommand '^\%(at\|fade\|hush\|meter\|mute\|nudge\|once\|panic\|quantum\|record\|redo\|samples\|seed\|solo\|tap\|tempo\|undo\|unmute\|unsolo\|xfade\)\>'
syntax match magDefined '\a\w*' contained

" Plain text.
syntax region magText start=+'+ end=+'+ oneline

" Mini-notation. A string that was never closed ends where the next statement starts.
syntax region magMini matchgroup=magMiniQuote start=+"+ end=+"+ end=+\n\ze\S+ contains=@magMiniNotation
syntax cluster magMiniNotation contains=magMiniName,magMiniNumber,magMiniOperator,magMiniBracket,magMiniRest,magMiniHold
syntax match magMiniBracket '[][<>{}()]' contained
syntax match magMiniOperator '[*/!@?:%,|.^]' contained
syntax match magMiniOperator '\.\.' contained
syntax match magMiniName '\a[[:alnum:]_#'']*' contained
syntax match magMiniNumber '-\=\%(\d\+\%(\.\d\+\)\=\|\.\d\+\)\%(e[-+]\=\d\+\)\=' contained
syntax match magMiniRest '\~' contained
syntax match magMiniRest '\%(["[:space:][<{(,|]\)\@1<=-\ze\%([][:space:]>})*/!@?,|"]\|$\)' contained
syntax match magMiniHold '\%(["[:space:][<{(,|]\)\@1<=_\ze\%([][:space:]>}),|"]\|$\)' contained

" Comments; an example in a documentation comment starts with '>'.
syntax match magComment '--.*$' contains=magExample,magTodo,@Spell
syntax match magExample '\%(--\s*\)\@<=>.*$' contained
syntax keyword magTodo contained TODO FIXME

highlight default link magComment Comment
highlight default link magExample SpecialComment
highlight default link magTodo Todo
highlight default link magStatement Keyword
highlight default link magCommand Statement
highlight default link magPart Label
highlight default link magDefined Identifier
highlight default link magFunction Function
highlight default link magControl Type
highlight default link magGenerator Special
highlight default link magOperator Operator
highlight default link magDot Delimiter
highlight default link magNumber Number
highlight default link magBoolean Boolean
highlight default link magText String
highlight default link magMiniQuote String
highlight default link magMiniName Constant
highlight default link magMiniNumber Number
highlight default link magMiniOperator Operator
highlight default link magMiniBracket Delimiter
highlight default link magMiniRest Comment
highlight default link magMiniHold Comment

" Long chains and strings: look back far enough to find their start.
syntax sync minlines=50

let b:current_syntax = 'mag'
