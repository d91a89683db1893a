//! A configuration as requests are answered by it: servers, locations, and what is done in them, in the order in which it is done.
//!
//! This is the one vocabulary of this room: what is lifted from an `nginx.conf` is put into it, and the engine runs it.

mod instruction;
mod level;
mod locations;
mod servers;
mod variables;

pub(super) use instruction::{Condition, Instruction, MOST_CHANGES, Replacement, Step, Test, last_set};
pub(super) use level::{Basic, ErrorPage, Headers, Level, Limit, Lua, Pass, Rule, Verification};
pub(super) use locations::{Kind, Location, Locations, Static};
pub(super) use servers::{Found, Inside, Listener, Name, Server, Servers, Stream};
pub(super) use variables::{Definition, Map, OfController, Variables, is_in};
