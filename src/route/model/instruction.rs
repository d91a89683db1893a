//! What the rewrite phase does, instruction by instruction.

use std::sync::Arc;

use super::level::Level;
use crate::nginx::Pattern;
use crate::route::text::Template;
use crate::source::Span;

/// How often a path may be rewritten before nginx gives up.
pub(in crate::route) const MOST_CHANGES: usize = 10;

/// One instruction of the rewrite phase.
#[derive(Debug)]
pub(in crate::route) enum Instruction {
    /// `set $variable value`
    Set {
        /// The place of the variable.
        variable: usize,
        /// The value.
        value: Template,
    },
    /// `if (condition) { … }`
    If {
        /// When.
        test: Test,
        /// What it does then, before what follows.
        then: Arc<[Step]>,
        /// What holds in the block.
        level: Option<Arc<Level>>,
    },
    /// `rewrite expression replacement flag`
    Rewrite {
        /// What the path must fit; an error where that cannot be evaluated.
        pattern: Result<Arc<Pattern>, String>,
        /// What becomes of it.
        replacement: Replacement,
        /// Groups with names, and the places of their variables.
        names: Vec<(usize, usize)>,
    },
    /// `return status text`
    Return {
        /// The status.
        status: u16,
        /// The address of a redirect, or the body.
        text: Option<Template>,
    },
    /// `break`
    Break,
}

/// An instruction, and where it stands.
#[derive(Debug)]
pub(in crate::route) struct Step {
    /// What is done.
    pub(in crate::route) instruction: Instruction,
    /// Where that is written.
    pub(in crate::route) at: Span,
}

/// What steps give a variable as its last value; what stands in an `if` does not count.
pub(in crate::route) fn last_set(steps: &[Step], place: usize) -> Option<&Template> {
    steps.iter().rev().find_map(|step| match &step.instruction {
        Instruction::Set { variable, value } if *variable == place => Some(value),
        _ => None,
    })
}

/// What `rewrite` makes of a path.
#[derive(Debug)]
pub(in crate::route) struct Replacement {
    /// The new path, or the address.
    pub(in crate::route) text: Template,
    /// The status of a redirect; none: the path is rewritten.
    pub(in crate::route) redirect: Option<u16>,
    /// The arguments of the request are added.
    pub(in crate::route) keeps_args: bool,
    /// It has arguments of its own.
    pub(in crate::route) has_args: bool,
    /// The rest of the instructions is passed over.
    pub(in crate::route) is_last: bool,
    /// The request stays in its location.
    pub(in crate::route) stays: bool,
}

/// When an `if` applies.
#[derive(Debug)]
pub(in crate::route) struct Test {
    /// What is looked at.
    pub(in crate::route) condition: Condition,
    /// As it is written.
    pub(in crate::route) text: String,
}

/// What an `if` looks at.
#[derive(Debug)]
pub(in crate::route) enum Condition {
    /// `$variable`
    True(Template),
    /// `$variable = text`
    Equal {
        /// The variable.
        left: Template,
        /// The text.
        right: Template,
        /// `!=`
        is_not: bool,
    },
    /// `$variable ~ expression`
    Fits {
        /// The variable.
        left: Template,
        /// The expression; an error where it cannot be evaluated.
        pattern: Result<Arc<Pattern>, String>,
        /// Groups with names, and the places of their variables.
        names: Vec<(usize, usize)>,
        /// `!~`
        is_not: bool,
    },
    /// What the file system of the proxy says.
    File,
    /// What is not understood.
    Opaque,
}
