//! Lines of access logs, read with the format that nginx wrote them in.
//!
//! A [`Format`] is compiled from the text of `log_format`: what stands between variables is sought, and each variable must have the shape
//! that nginx gives it. A line that can be read in two ways is not read. Logs pass through many hands: what container runtimes put around
//! lines is taken off, and objects of JSON are read by their keys, in whatever order these come.
//!
//! Source of escaping: `ngx_http_log_module.c`.

mod entry;
mod escape;
mod format;
mod object;
mod role;
mod scan;
mod shape;
mod wrapped;

pub use entry::{Entry, Sent};
pub use escape::Escape;
pub use format::{Format, Lack, Line};
