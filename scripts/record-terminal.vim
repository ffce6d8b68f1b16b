" The Vim of the README's picture: this checkout's plugin, nothing else.
set runtimepath^=editor-plugins/vim
filetype plugin indent on
syntax on
set background=dark noswapfile laststatus=0 noruler noshowcmd shortmess+=I viminfo=
highlight Comment ctermfg=245
highlight EndOfBuffer ctermfg=238
highlight StatusLineTerm ctermfg=250 ctermbg=238 cterm=none
