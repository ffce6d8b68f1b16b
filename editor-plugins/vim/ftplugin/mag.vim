" Editing mag: comments, and the keys to play and to hush.

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=--\ %s
setlocal comments=:--
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2

command! -buffer -bar MagPlay call mag#play()
command! -buffer -bar MagHush call mag#send('hush')
command! -buffer -nargs=+ MagSend call mag#send(<q-args>)

nnoremap <buffer> <Plug>(mag-play) <Cmd>MagPlay<CR>
nnoremap <buffer> <Plug>(mag-hush) <Cmd>MagHush<CR>
if !get(g:, 'mag_no_mappings', 0)
  nmap <buffer> <LocalLeader>p <Plug>(mag-play)
  nmap <buffer> <LocalLeader>h <Plug>(mag-hush)
endif

let b:undo_ftplugin = 'setlocal commentstring< comments< formatoptions< expandtab< shiftwidth< softtabstop<'
      \ . ' | delcommand -buffer MagPlay | delcommand -buffer MagHush | delcommand -buffer MagSend'
      \ . ' | execute "silent! nunmap <buffer> <LocalLeader>p" | execute "silent! nunmap <buffer> <LocalLeader>h"'
