//! One request in the rewrite module, and how many bytes nginx reserves and writes for it.
//!
//! nginx computes the length of a text before it writes it. Up to release 1.30.0 (and 1.30.1 for what it guesses) the two did not go by
//! the same rules: what was written was escaped, and what was reserved was not.
//!
//! - `Machine::is_args` is set by the `?` in the target of a `rewrite`, and nothing takes it back in that block: captures that are
//!   written later are escaped, but for `set` and `if`, and before the `?` of a target with variables, that is not reserved for.
//! - Where a target holds captures alone, each once, what is reserved is what all groups fit, and the escapes of the path once. Groups
//!   that stand in each other are escaped as often as they are written.

use hashbrown::HashMap;

use super::escape::{escape, escapes};
use super::expression::Expression;
use super::program::{Action, Condition, Rewrite, Step};
use super::script::{Part, Script};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::nginx) enum Fault {
    /// What was written before was a target with arguments, and its rule of escaping stayed.
    StaleArguments,
    /// Groups stand in each other.
    Overlap,
}

/// Where more is written than is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overrun {
    pub(super) fault: Fault,
    /// The step.
    pub(super) at: usize,
    /// The step with the arguments before.
    pub(super) before: Option<usize>,
}

/// Answers to conditions that depend on what the request does not say.
#[derive(Debug, Default)]
pub(super) struct Choices {
    /// What was asked, in order.
    asked: Vec<String>,
    /// The answers, a bit each.
    pub(super) answers: u32,
}

/// Most questions that are answered either way.
const MOST: usize = 5;

impl Choices {
    fn ask(&mut self, question: &str) -> bool {
        let at = self.asked.iter().position(|asked| asked == question).unwrap_or_else(|| {
            self.asked.push(question.to_owned());
            self.asked.len() - 1
        });
        at >= MOST || self.answers >> at & 1 == 0
    }

    /// How many ways there are.
    pub(super) fn ways(&self) -> u32 {
        1 << self.asked.len().min(MOST)
    }
}

/// The state of the module in one block.
struct Machine<'p> {
    /// The path as it was sent.
    request_uri: Vec<u8>,
    uri: Vec<u8>,
    args: Vec<u8>,
    /// Whether the request may bring more arguments.
    is_open: bool,
    captures: Vec<Vec<u8>>,
    variables: HashMap<&'p str, Option<Vec<u8>>>,
    named: HashMap<String, Vec<u8>>,
    quote: bool,
    is_args: bool,
    args_since: Option<usize>,
}

/// Runs the steps for a path.
pub(super) fn run(steps: &[Step], path: &[u8], choices: &mut Choices) -> Option<Overrun> {
    let mut machine = Machine {
        request_uri: sent(path),
        uri: path.to_vec(),
        args: Vec::new(),
        is_open: true,
        captures: Vec::new(),
        variables: HashMap::new(),
        named: HashMap::new(),
        quote: true,
        is_args: false,
        args_since: None,
    };
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        let next = match &step.action {
            Action::Stop => return None,
            Action::Rewrite(rewrite) => match machine.rewrite(rewrite, at) {
                Ok(true) => return None,
                Ok(false) => at + 1,
                Err(fault) => return Some(Overrun { fault, at, before: machine.args_since }),
            },
            Action::Set { name, texts, is_made } => {
                if texts.iter().any(|text| machine.overruns(text)) {
                    return Some(Overrun { fault: Fault::StaleArguments, at, before: machine.args_since });
                }
                machine.set(name, texts, *is_made);
                at + 1
            }
            Action::If { condition, end } => {
                let text = match condition {
                    Condition::Equal { text, .. } | Condition::File(text) => Some(text),
                    Condition::Fits { .. } | Condition::Holds(_) => None,
                };
                if text.is_some_and(|text| machine.overruns(text)) {
                    return Some(Overrun { fault: Fault::StaleArguments, at, before: machine.args_since });
                }
                if machine.holds(condition, step.line, choices) { at + 1 } else { *end }
            }
        };
        at = next;
    }
    None
}

impl<'p> Machine<'p> {
    fn capture(&self, number: usize) -> &[u8] {
        self.captures.get(number).map(Vec::as_slice).unwrap_or_default()
    }

    /// The value of a variable; none where the request decides.
    fn value(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if let Some(value) = self.named.get(name) {
            return Some(value.clone());
        }
        match name {
            "uri" | "document_uri" => Some(self.uri.clone()),
            "request_uri" => Some(self.request_uri.clone()),
            "args" | "query_string" => (!self.is_open).then(|| self.args.clone()),
            _ => self.argument(name.strip_prefix("arg_")?),
        }
    }

    /// An argument; none where the request decides.
    fn argument(&self, name: &str) -> Option<Vec<u8>> {
        let is_it =
            |pair: &&[u8]| pair.len() > name.len() && pair[name.len()] == b'=' && pair[..name.len()].eq_ignore_ascii_case(name.as_bytes());
        let found = self.args.split(|byte| *byte == b'&').find(is_it).map(|pair| pair[name.len() + 1..].to_vec());
        found.or_else(|| (!self.is_open).then(Vec::new))
    }

    /// A text, with something in place of what is not known.
    fn text(&self, script: &Script) -> Vec<u8> {
        let mut text = Vec::new();
        for part in &script.parts {
            match part {
                Part::Text(letters) => text.extend_from_slice(letters),
                Part::Capture(number) => text.extend_from_slice(self.capture(*number)),
                Part::Variable(name) => text.extend(self.value(name).unwrap_or_else(|| b"x".to_vec())),
                Part::Arguments => {}
            }
        }
        text
    }

    fn is_known(&self, script: &Script) -> bool {
        script.parts.iter().all(|part| match part {
            Part::Variable(name) => self.value(name).is_some(),
            Part::Text(_) | Part::Capture(_) | Part::Arguments => true,
        })
    }

    /// Whether more of a text for `set` or `if` is written than is reserved.
    fn overruns(&self, script: &Script) -> bool {
        self.is_args && !self.quote && script.captures().any(|number| escapes(self.capture(number)) > 0)
    }

    fn set(&mut self, name: &'p str, texts: &[Script], is_made: bool) {
        let value = texts.first().filter(|text| !is_made && self.is_known(text)).map(|text| self.text(text));
        if name == "args" {
            self.is_open = value.is_none();
            self.args = value.unwrap_or_default();
            return;
        }
        self.variables.insert(name, value);
    }

    /// Takes what an expression fits of a text; none where it is not evaluated here.
    fn fit(&mut self, expression: &Expression, text: &[u8]) -> Option<bool> {
        if !expression.is_known() {
            return None;
        }
        let groups = expression.groups(text);
        let fits = groups.is_some();
        self.captures = groups.unwrap_or_default();
        for (number, name) in expression.names() {
            if fits {
                self.variables.remove(name);
                self.named.insert(name.to_owned(), self.captures[number].clone());
            }
        }
        Some(fits)
    }

    fn holds(&mut self, condition: &'p Condition, line: &str, choices: &mut Choices) -> bool {
        match condition {
            Condition::Holds(name) => match self.value(name) {
                Some(value) => !value.is_empty() && value != b"0",
                None => choices.ask(line),
            },
            Condition::Equal { name, text, is_negated } => match self.value(name) {
                Some(value) if self.is_known(text) => (value == self.text(text)) != *is_negated,
                _ => choices.ask(line),
            },
            Condition::File(_) => choices.ask(line),
            Condition::Fits { name, pattern, is_negated } => {
                let value = match self.value(name) {
                    Some(value) => Some(value),
                    None => choices.ask(line).then(|| pattern.texts().into_iter().next()).flatten(),
                };
                let fits = value.and_then(|value| self.fit(pattern, &value)).unwrap_or_else(|| {
                    self.captures.clear();
                    false
                });
                fits != *is_negated
            }
        }
    }

    /// Rewrites the path; whether that was the end, or more was written than is reserved.
    fn rewrite(&mut self, rewrite: &Rewrite, at: usize) -> Result<bool, Fault> {
        let uri = std::mem::take(&mut self.uri);
        let fits = self.fit(&rewrite.pattern, &uri);
        let escapes_of_uri = escapes(&uri);
        self.uri = uri;
        match fits {
            Some(true) => {}
            Some(false) => return Ok(false),
            None => return Ok(true),
        }
        let kept = if rewrite.keeps_arguments && !self.args.is_empty() { self.args.len() + 1 } else { 0 };
        let target = &rewrite.target;
        let reserved =
            kept + if target.is_guessed() { self.guess(target, escapes_of_uri) } else { self.length(target, rewrite.is_redirect) };
        let was_args = self.is_args;
        let (mut text, mut args_at) = (Vec::new(), None);
        for part in &target.parts {
            match part {
                Part::Text(letters) => text.extend_from_slice(letters),
                Part::Capture(number) if self.is_args || rewrite.is_redirect => escape(self.capture(*number), &mut text),
                Part::Capture(number) => text.extend_from_slice(self.capture(*number)),
                Part::Variable(name) => text.extend(self.value(name).unwrap_or_else(|| b"x".to_vec())),
                Part::Arguments => {
                    self.is_args = true;
                    self.args_since = Some(at);
                    args_at = Some(text.len());
                }
            }
        }
        let written = if rewrite.is_redirect { text.len().max(unescaped(&text) + kept) } else { text.len() + args_at.map_or(0, |_| kept) };
        if written > reserved {
            let is_own = rewrite.is_redirect || target.has_arguments() && !was_args;
            return Err(if target.is_guessed() && is_own { Fault::Overlap } else { Fault::StaleArguments });
        }
        self.quote = false;
        self.become_text(text, args_at, kept > 0, rewrite.keeps_arguments);
        Ok(rewrite.is_last || self.uri.is_empty())
    }

    fn become_text(&mut self, mut text: Vec<u8>, args_at: Option<usize>, has_kept: bool, keeps_arguments: bool) {
        self.is_open &= keeps_arguments;
        match args_at {
            Some(args_at) => {
                let mut args = text.split_off(args_at);
                if has_kept {
                    args.push(b'&');
                    args.append(&mut self.args);
                }
                self.args = args;
            }
            None if !keeps_arguments => self.args.clear(),
            None => {}
        }
        self.uri = text;
    }

    /// What nginx guesses: all groups, and the escapes of the path.
    fn guess(&self, target: &Script, escapes_of_uri: usize) -> usize {
        let letters: usize = target.parts.iter().map(|part| if let Part::Text(letters) = part { letters.len() } else { 0 }).sum();
        letters + 2 * escapes_of_uri + self.captures.iter().skip(1).map(Vec::len).sum::<usize>()
    }

    /// What nginx computes part by part.
    fn length(&self, target: &Script, quote: bool) -> usize {
        let mut is_args = false;
        let mut length = |part: &Part| match part {
            Part::Text(letters) => letters.len(),
            Part::Capture(number) => {
                let capture = self.capture(*number);
                capture.len() + if is_args || quote { 2 * escapes(capture) } else { 0 }
            }
            Part::Variable(name) => self.value(name).map_or(1, |value| value.len()),
            Part::Arguments => {
                is_args = true;
                1
            }
        };
        target.parts.iter().map(&mut length).sum()
    }
}

/// A path as clients send it.
fn sent(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for byte in path {
        match byte {
            0..=b' ' | b'#' | b'%' | b'?' | 0x7f.. => escape(&[*byte], &mut out),
            _ => out.push(*byte),
        }
    }
    out
}

/// How long a text is once nginx has undone the escapes before its `?`.
fn unescaped(text: &[u8]) -> usize {
    let (mut at, mut length) = (0, 0);
    while let Some(&byte) = text.get(at) {
        if byte == b'?' {
            return length + text.len() - at;
        }
        let digits = text.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                at += 3;
                length += if code > b'%' && code < 0x7f { 1 } else { 3 };
            }
            None => {
                at += 1;
                length += 1;
            }
        }
    }
    length
}
