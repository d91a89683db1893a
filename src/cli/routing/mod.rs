//! Questions about requests: which goes where, and why.

mod because;
mod explain;
mod prove;
mod requests;
mod routes;
mod source;

pub(super) use explain::Explain;
pub(super) use prove::Prove;
pub(super) use routes::Routes;
