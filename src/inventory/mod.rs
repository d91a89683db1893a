//! What there is: everything that manifests ask of a controller, counted by cluster, namespace and owner, and what of it other products
//! can say.
//!
//! [`Survey`] looks at manifests as [`Check`](crate::check::Check) does and keeps what it sees in an [`Inventory`], which is plain data: it
//! can be written, committed, read again and compared ([`Comparison`]). No time is in it.

mod annotations;
mod certificates;
mod classes;
mod compare;
mod defaults;
mod model;
mod own;
mod placing;
mod products;
mod routes;
mod services;
mod snippets;
mod survey;
mod tally;
mod targets;

pub use compare::{Comparison, Delta, Moved, Reclassed};
pub use model::{
    Annotation, Certificate, Class, Controller, Directive, Group, Ingress, Inventory, Outcome, Reason, Reliance, Route, Rule, Served,
    Service, Tally, Target, Use, Verdict,
};
pub use survey::Survey;
