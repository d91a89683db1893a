//! nginx.conf text to a tree with positions, and back.
//!
//! The grammar is nginx's own: words, two kinds of quotes with the same escapes, `${name}`, comments, blocks, and the Lua
//! blocks of OpenResty. Input is hostile by assumption (a dump of a live controller holds what tenants wrote): reading never
//! recurses, is linear, goes on after an error, and gives up on nesting deeper than [`MAX_DEPTH`].
//!
//! What is printed parses back to the same [`Tree`].

mod dump;
mod lex;
mod lua;
mod parse;
mod print;
mod records;
mod tree;

pub use dump::without_prose;
pub use parse::{MAX_DEPTH, MAX_TOKEN, parse};
pub use print::{annotate, print, quote};
pub use records::Quoting;
pub use tree::{Arg, Args, Comment, ConfFile, Descendants, Directive, Directives, Marker, Node, Nodes, Tree};
