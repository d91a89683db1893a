//! Command lines to arguments, as the controller's own parser reads them.

use super::Flags;
use super::suggest;
use super::table::{Flag, Target, find};
use crate::catalog::version::Version;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::source::Span;

impl Flags {
    /// Reads the arguments of a release, with their places. What the controller does not take is left out, with a finding.
    pub fn parse<Text: AsRef<str>>(version: Version, args: impl IntoIterator<Item = (Text, Option<Span>)>) -> Outcome<Self> {
        let mut outcome = Outcome { value: Self::of_release(version), diagnostics: Vec::new() };
        let mut args = args.into_iter();
        let mut last_switch = None;
        while let Some((text, span)) = args.next() {
            let text = text.as_ref();
            if text == "--" {
                break;
            }
            let Some((name, value)) = split(text) else {
                outcome.diagnostics.extend(stray(text, last_switch, span));
                continue;
            };
            last_switch = None;
            let Some(flag) = find(name).filter(|_| text.starts_with("--") || name == "v") else {
                outcome.diagnostics.push(unknown(text, name, span));
                continue;
            };
            let next;
            let value = match value {
                Some(value) => value,
                None if flag.is_switch() => {
                    last_switch = Some(flag);
                    "true"
                }
                None => {
                    next = args.next();
                    match &next {
                        Some((next, _)) => next.as_ref(),
                        None => {
                            outcome.diagnostics.push(refused(flag, version, "it has no value", span));
                            break;
                        }
                    }
                }
            };
            if let Err(reason) = set(&mut outcome.value, flag, value) {
                outcome.diagnostics.push(refused(flag, version, &reason, span));
            }
        }
        outcome.diagnostics.extend(conflict(&outcome.value));
        outcome
    }
}

/// Name and value of `--name`, `--name=value`, `-v=2` and `-v2`; none for what is not an argument.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(long) = text.strip_prefix("--") {
        return Some(long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value))));
    }
    let short = text.strip_prefix('-').filter(|short| !short.is_empty())?;
    match short.strip_prefix('v') {
        Some("") => Some(("v", None)),
        Some(value) if value.starts_with(|c: char| c == '=' || c.is_ascii_digit()) => Some(("v", Some(value.trim_start_matches('=')))),
        _ => Some((short.split('=').next().unwrap_or(short), None)),
    }
}

fn set(flags: &mut Flags, flag: &Flag, value: &str) -> Result<(), String> {
    let number = || value.parse::<i64>().map_err(|_| format!("`{value}` is not a whole number"));
    match flag.target {
        Target::Switch(field) => *field(flags) = boolean(value)?,
        Target::IdleSwitch(_) => {
            boolean(value)?;
        }
        Target::Text(field) => value.clone_into(field(flags)),
        Target::Number(field) => *field(flags) = number()?,
        Target::Port(field) => *field(flags) = u16::try_from(number()?).map_err(|_| format!("`{value}` is not a port"))?,
        Target::Given(field) => *field(flags) |= !value.is_empty(),
        Target::IdleText(_) => {}
    }
    Ok(())
}

fn boolean(value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("`{value}` is not a boolean")),
    }
}

const NO_START: &str = "a controller of this version does not start with it";

fn refused(flag: &Flag, version: Version, reason: &str, span: Option<Span>) -> Diagnostic {
    let default = flag.default_in(version);
    let instead = if default.is_empty() { String::from("nothing") } else { format!("`{default}`, the default,") };
    Diagnostic::error("invalid-argument", format!("the argument `--{}` is refused: {reason}", flag.name))
        .at(span)
        .subject(format!("--{}", flag.name))
        .note(format!("{NO_START}; {instead} is taken here"))
}

fn unknown(text: &str, name: &str, span: Option<Span>) -> Diagnostic {
    let message = format!("the controller has no argument `{}`", text.split('=').next().unwrap_or(text));
    let finding = Diagnostic::error("unknown-argument", message).at(span).subject(format!("--{name}")).note(NO_START);
    match suggest::advice(name) {
        Some(advice) => finding.help(advice),
        None => finding,
    }
}

/// A word that belongs to no argument. Only after a switch it tells of a mistake; else it is the program or a shell's word.
fn stray(text: &str, last_switch: Option<&Flag>, span: Option<Span>) -> Option<Diagnostic> {
    let flag = last_switch.filter(|_| boolean(text).is_ok())?;
    let name = flag.name;
    let message = format!("`{text}` is ignored: the argument `--{name}` takes a value only after `=`");
    Some(Diagnostic::warning("ignored-argument", message).at(span).subject(format!("--{name}")).help(format!("write `--{name}={text}`")))
}

fn conflict(flags: &Flags) -> Option<Diagnostic> {
    let both = !flags.watch_namespace.is_empty() && !flags.watch_namespace_selector.is_empty();
    let message = "the arguments `--watch-namespace` and `--watch-namespace-selector` exclude each other";
    both.then(|| Diagnostic::error("invalid-argument", message).subject("--watch-namespace-selector").note(NO_START))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;

    fn parse(args: &[&str]) -> (Flags, Vec<(&'static str, String)>) {
        let Outcome { value, diagnostics } = Flags::parse(LATEST, args.iter().map(|arg| (*arg, None)));
        (value, diagnostics.into_iter().map(|finding| (finding.rule, finding.subject.unwrap_or_default())).collect())
    }

    #[test]
    fn values_stand_behind_an_equals_sign_or_in_the_next_word() {
        let (flags, findings) = parse(&["/controller", "--configmap=edge/settings", "--ingress-class", "internal", "--http-port=9080"]);
        assert_eq!((flags.configmap.as_str(), flags.ingress_class.as_str(), flags.http_port), ("edge/settings", "internal", 9080));
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn switches_take_no_second_word() {
        let (flags, findings) = parse(&["--enable-metrics", "false", "--deep-inspect=F", "--enable-ssl-passthrough"]);
        assert!(flags.enable_metrics && !flags.deep_inspect && flags.enable_ssl_passthrough);
        assert_eq!(findings, [("ignored-argument", "--enable-metrics".into())]);
    }

    #[test]
    fn the_last_one_wins() {
        assert_eq!(parse(&["--status-port=1", "--status-port=2"]).0.status_port, 2);
    }

    #[test]
    fn verbosity_has_a_short_form() {
        for args in [&["--v=5"][..], &["-v=5"], &["-v5"], &["-v", "5"], &["--v", "5"]] {
            let (flags, findings) = parse(args);
            assert_eq!((flags.verbosity, findings.len()), (5, 0), "{args:?}");
        }
    }

    #[test]
    fn known_arguments_without_effect_are_silent() {
        let (flags, findings) = parse(&["--publish-service=edge/lb", "--election-id=me", "--update-status=false", "--sync-period", "10m"]);
        assert_eq!(flags, Flags::default());
        assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn bad_values_leave_the_default() {
        let (flags, findings) = parse(&["--https-port=tls", "--http-port=70000", "--enable-metrics=on", "--default-server-port"]);
        assert_eq!(flags, Flags::default());
        let subjects: Vec<&str> = findings.iter().map(|(_, subject)| subject.as_str()).collect();
        assert_eq!(subjects, ["--https-port", "--http-port", "--enable-metrics", "--default-server-port"]);
        assert!(findings.iter().all(|(rule, _)| *rule == "invalid-argument"));
    }

    #[test]
    fn what_follows_two_dashes_is_no_argument() {
        assert_eq!(parse(&["--", "--nonsense"]), (Flags::default(), Vec::new()));
    }

    #[test]
    fn a_source_of_databases_is_known_without_its_key() {
        assert!(parse(&["--maxmind-license-key=k"]).0.maxmind_source);
        assert!(!parse(&["--maxmind-mirror="]).0.maxmind_source);
    }

    #[test]
    fn namespaces_are_chosen_in_one_way() {
        assert_eq!(parse(&["--watch-namespace=a", "--watch-namespace-selector=b=c"]).1.len(), 1);
    }
}
