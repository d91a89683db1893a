//! Questions about requests: which goes where, and why.

mod against;
mod answers;
mod because;
mod explain;
mod listing;
mod log_format;
mod logs;
mod open_endpoints;
mod prove;
mod replay;
mod requests;
mod routes;
mod source;
mod test;

pub(super) use explain::Explain;
pub(super) use prove::Prove;
pub(super) use replay::Replay;
pub(super) use routes::Routes;
pub(super) use test::Test;
