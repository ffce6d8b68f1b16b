//! The grammar: what texts mean, what is wrong with them, and that nothing breaks it.

#[path = "syntax/cases.rs"]
mod cases;
#[path = "syntax/grammar.rs"]
mod grammar;
#[path = "syntax/messages.rs"]
mod messages;
#[path = "syntax/recovery.rs"]
mod recovery;
#[path = "syntax/robust.rs"]
mod robust;
#[path = "syntax/show.rs"]
mod show;
