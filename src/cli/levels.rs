//! `--allow`, `--warn` and `--deny`: how much rules weigh in one run, and what fails it.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use super::config::Level;
use super::patterns::NamePattern;
use crate::diagnostic::Severity;
use crate::lint::rules;

/// What the command line says about rules. Of what fits a rule, the last one counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels {
    rules: Vec<(NamePattern, Level)>,
    fails_at: Option<Severity>,
}

/// What can be denied.
#[derive(Debug, Clone)]
enum Denied {
    /// All findings from a level on.
    From(Severity),
    /// A rule.
    Rule(NamePattern),
}

impl Levels {
    /// The level of a rule, where the command line says one.
    pub(super) fn of(&self, rule: &str) -> Option<Level> {
        self.rules.iter().rev().find(|(pattern, _)| pattern.fits(rule)).map(|(_, level)| *level)
    }

    /// The lowest severity that fails the run, where the command line says one.
    pub(super) fn fails_at(&self) -> Option<Severity> {
        self.fails_at
    }
}

impl Args for Levels {
    fn augment_args(command: Command) -> Command {
        let arg = |name: &'static str, value: &'static str, parser: ValueParser, help: &'static str| {
            Arg::new(name).long(name).value_name(value).value_parser(parser).action(ArgAction::Append).help(help).help_heading("Levels")
        };
        command
            .arg(arg("allow", "RULE", ValueParser::new(pattern), "Leave out the findings of a rule, or of all that a pattern as idle-* fits"))
            .arg(arg("warn", "RULE", ValueParser::new(pattern), "Take the findings of a rule for warnings"))
            .arg(arg(
                "deny",
                "RULE|LEVEL",
                ValueParser::new(denied),
                "Take the findings of a rule for errors; or, with info, warning or error, the lowest level that fails the run [default: error]",
            ))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut said: Vec<(usize, NamePattern, Level)> = Vec::new();
        for (name, level) in [("allow", Level::Allow), ("warn", Level::Warning)] {
            let places = matches.indices_of(name).into_iter().flatten();
            let patterns = matches.get_many::<NamePattern>(name).into_iter().flatten();
            said.extend(places.zip(patterns).map(|(at, pattern)| (at, pattern.clone(), level)));
        }
        let mut fails_at = None;
        let places = matches.indices_of("deny").into_iter().flatten();
        for (at, denied) in places.zip(matches.get_many::<Denied>("deny").into_iter().flatten()) {
            match denied {
                Denied::From(severity) => fails_at = Some(*severity),
                Denied::Rule(pattern) => said.push((at, pattern.clone(), Level::Error)),
            }
        }
        said.sort_by_key(|(at, ..)| *at);
        Ok(Self { rules: said.into_iter().map(|(_, pattern, level)| (pattern, level)).collect(), fails_at })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn denied(text: &str) -> Result<Denied, String> {
    match Severity::ALL.into_iter().find(|severity| severity.name() == text) {
        Some(severity) => Ok(Denied::From(severity)),
        None => pattern(text).map(Denied::Rule),
    }
}

/// Reads a rule, or a pattern that fits one.
fn pattern(text: &str) -> Result<NamePattern, String> {
    let pattern = NamePattern::from(text.to_owned());
    if pattern.rules().next().is_some() {
        return Ok(pattern);
    }
    Err(match rules::similar(text) {
        _ if !pattern.is_plain() => String::from("no rule has such a name: `ingressc rules` lists them all"),
        Some(similar) => format!("there is no such rule: did you mean `{similar}`?"),
        None => String::from("there is no such rule: `ingressc rules` lists them all"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(args: &[&str]) -> Result<Levels, String> {
        let command = Levels::augment_args(Command::new("test"));
        let matches = command.try_get_matches_from(std::iter::once(&"test").chain(args)).map_err(|error| error.to_string())?;
        Levels::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_one_that_fits_counts() {
        for (args, expected) in [
            (&[][..], None),
            (&["--allow", "idle-setting"], Some(Level::Allow)),
            (&["--allow=idle-*"], Some(Level::Allow)),
            (&["--deny=idle-*", "--allow=idle-setting"], Some(Level::Allow)),
            (&["--allow=idle-setting", "--deny=idle-*"], Some(Level::Error)),
            (&["--allow=idle-setting", "--deny=idle-*", "--warn=*"], Some(Level::Warning)),
            (&["--allow=idle-canary"], None),
            (&["--deny=warning"], None),
        ] {
            assert_eq!(levels(args).map(|levels| levels.of("idle-setting")), Ok(expected), "{args:?}");
        }
    }

    #[test]
    fn a_level_is_what_fails_the_run() {
        for (args, expected) in [
            (&[][..], None),
            (&["--deny=info"], Some(Severity::Info)),
            (&["--deny=info", "--deny=idle-*", "--deny=warning"], Some(Severity::Warning)),
        ] {
            assert_eq!(levels(args).map(|levels| levels.fails_at()), Ok(expected), "{args:?}");
        }
    }

    #[test]
    fn names_of_no_rule_are_mistakes() {
        for (arg, hint) in [("--allow=idle-seting", "did you mean `idle-setting`?"), ("--deny=warn", ""), ("--warn=zz*", "lists them all")]
        {
            assert!(levels(&[arg]).err().is_some_and(|error| error.contains(hint)), "{arg}");
        }
    }
}
