autocmd BufNewFile,BufRead *.mag setfiletype mag
