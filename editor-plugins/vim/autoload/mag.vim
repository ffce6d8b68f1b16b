" Plays the current file in a terminal below, and sends commands to what is playing.
" Saving the file is all that an edit needs: `mag play` follows it.

" The checkout that this plugin lies in, if it does.
let s:checkout = fnamemodify(resolve(expand('<sfile>:p')), ':h:h:h:h')
let s:terminal = -1

function! s:complain(text) abort
  echohl ErrorMsg
  echomsg 'mag: ' . a:text
  echohl None
endfunction

" The mag program: g:mag_command, the one on the PATH, or the one built in the checkout.
function! s:program() abort
  for candidate in [get(g:, 'mag_command', ''), 'mag', s:checkout . '/target/release/mag']
    if !empty(candidate) && executable(candidate)
      return candidate
    endif
  endfor
  return ''
endfunction

" The command line that plays a file; the checkout's ./play builds mag where there is none yet.
function! s:player(file) abort
  let program = s:program()
  if (empty(program) || program ==# s:checkout . '/target/release/mag') && executable(s:checkout . '/play')
    return [s:checkout . '/play', a:file]
  endif
  return empty(program) ? [] : [program, 'play', a:file]
endfunction

function! s:running() abort
  if !bufexists(s:terminal)
    return 0
  endif
  if has('nvim')
    return jobwait([getbufvar(s:terminal, 'terminal_job_id', 0)], 0)[0] == -1
  endif
  return term_getstatus(s:terminal) =~# 'running'
endfunction

" Saves the file and plays it; if something plays already, saving is enough.
function! mag#play() abort
  if empty(expand('%'))
    return s:complain('give the file a name first (:w name.mag)')
  endif
  update
  if s:running()
    return
  endif
  let command = s:player(fnamemodify(expand('%'), ':.'))
  if empty(command)
    return s:complain('no `mag` on the PATH; set g:mag_command to the program')
  endif
  if has('nvim')
    botright 8new
    if has('nvim-0.11')
      call jobstart(command, {'term': v:true})
    else
      call termopen(command)
    endif
    let s:terminal = bufnr('%')
    normal! G
  else
    botright let s:terminal = term_start(command, {'term_rows': 8, 'term_name': 'mag'})
  endif
  wincmd p
endfunction

" Sends a command such as `hush` or `mute hats` to what is playing.
function! mag#send(command) abort
  let program = s:program()
  if empty(program)
    return s:complain('no `mag` on the PATH; set g:mag_command to the program')
  endif
  let line = [program, 'send'] + split(a:command)
  if has('nvim')
    call jobstart(line, {'on_exit': {_, status, __ -> s:sent(a:command, status)}})
  else
    call job_start(line, {'exit_cb': {_, status -> s:sent(a:command, status)}})
  endif
endfunction

function! s:sent(command, status) abort
  if a:status != 0
    call s:complain('`' . a:command . '` was not heard; is anything playing?')
  endif
endfunction
