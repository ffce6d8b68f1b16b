//! The mag language: text in, Program out. No IO, clock, thread or print.
