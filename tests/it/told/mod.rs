//! What the controller is asked for changes what another product does, or is a finding: nothing is passed over in silence.

mod annotations;
mod names;
mod settings;
mod trial;
