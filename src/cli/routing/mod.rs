//! Questions about requests: which goes where, and why.

mod against;
mod because;
mod explain;
mod requests;
mod routes;
mod source;
mod test;

pub(super) use explain::Explain;
pub(super) use routes::Routes;
pub(super) use test::Test;
