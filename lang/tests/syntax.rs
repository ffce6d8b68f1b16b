//! The grammar: what texts mean, what is wrong with them, and that nothing breaks it.

#[path = "syntax/grammar.rs"]
mod grammar;
#[path = "syntax/show.rs"]
mod show;
#[path = "syntax/messages.rs"]
mod messages;
