//! Questions about requests: which goes where, and why.

mod because;
mod explain;
mod log_format;
mod logs;
mod replay;
mod requests;
mod routes;
mod source;

pub(super) use explain::Explain;
pub(super) use replay::Replay;
pub(super) use routes::Routes;
