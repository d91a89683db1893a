//! The pass that reads the settings from the controller's ConfigMap.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::ConfigMap;

use super::{Controller, auth_urls};
use crate::catalog::settings::{self as catalog, Fate, Remark, Setting, Unknown};
use crate::diagnostic::{Diagnostic, Effect, Outcome};
use crate::ir::{Settings, SettingsOrigin};
use crate::manifest::{Cluster, Object};

/// The ConfigMap that the arguments of the controller name.
pub fn config_map<'a>(cluster: &'a Cluster, controller: &Controller) -> Option<&'a Object<ConfigMap>> {
    let wanted = controller.flags.configmap.split_once('/')?;
    cluster.config_maps.iter().find(|object| (object.reference.namespace.as_str(), object.reference.name.as_str()) == wanted)
}

/// The settings, and what is to be said about the ConfigMap. Without a ConfigMap, the defaults.
pub(super) fn read(config: Option<&Object<ConfigMap>>, controller: &Controller) -> Outcome<Settings> {
    let nothing = BTreeMap::new();
    let data = config.and_then(|object| object.value.data.as_ref()).unwrap_or(&nothing);
    let (value, notices) = read_data(data, controller);
    let diagnostics = notices.into_iter().map(|notice| match config {
        Some(object) => {
            let path = ["data", notice.key.as_str()];
            let span = if notice.about_name { object.key_span(&path) } else { object.span(&path) };
            notice.finding.at(span).object(object.reference.clone())
        }
        None => notice.finding,
    });
    Outcome { value, diagnostics: diagnostics.collect() }
}

/// Where each key of the ConfigMap stands that asks for something else than the defaults.
pub(super) fn origin(config: &Object<ConfigMap>, controller: &Controller) -> SettingsOrigin {
    let usual = initial(controller);
    let is_other = |key: &str, text: &str| {
        let mut settings = usual.clone();
        let setting = catalog::find_in(&key.to_ascii_lowercase(), controller.version);
        let _ = setting.map(|setting| setting.read(&mut settings, text, controller.environment.processors));
        settings != usual
    };
    let keys = config.value.data.iter().flatten().filter(|(key, text)| is_other(key, text)).map(|(key, _)| key);
    SettingsOrigin {
        namespace: config.reference.namespace.clone(),
        name: config.reference.name.clone(),
        keys: keys.map(|key| (key.clone(), config.span(&["data", key]))).collect(),
    }
}

/// A finding about a key of the ConfigMap.
#[derive(Debug)]
struct Notice {
    key: String,
    /// It is about the key itself, not about its value.
    about_name: bool,
    finding: Diagnostic,
}

impl Notice {
    fn of_name(key: &str, finding: Diagnostic) -> Self {
        Self { key: key.to_owned(), about_name: true, finding: finding.subject(key) }
    }

    fn of_value(key: &str, finding: Diagnostic) -> Self {
        Self { key: key.to_owned(), about_name: false, finding: finding.subject(key) }
    }
}

fn read_data(data: &BTreeMap<String, String>, controller: &Controller) -> (Settings, Vec<Notice>) {
    let mut settings = initial(controller);
    let mut notices = Vec::new();
    let processors = controller.environment.processors;
    // The keys that are spelt exactly come first. Their order by name also is the one that they need among each other: an address to
    // listen on is replaced after the list was made, and the way back from the sign-in page is checked after that page.
    let mut others = Vec::new();
    for (key, text) in data {
        match catalog::find_in(key, controller.version) {
            Some(setting) if setting.since.is_some_and(|since| since > controller.version) => notices.push(too_new(setting, controller)),
            Some(setting) => {
                let remarks = setting.read(&mut settings, text, processors);
                notices.extend(remarks.into_iter().map(|remark| notice(setting, key, text, remark)));
            }
            None => others.push((key, text)),
        }
    }
    for (key, text) in others {
        let lower = key.to_ascii_lowercase();
        match catalog::find_in(&lower, controller.version).filter(|setting| setting.is_known_to(controller.version)) {
            Some(setting) => read_miscased(setting, key, text, data, &mut settings, &mut notices),
            None => notices.push(unknown(key, controller)),
        }
    }
    let told: BTreeSet<String> = notices.iter().map(|notice| notice.key.clone()).collect();
    notices.extend(idle(data, controller, &mut settings).into_iter().filter(|notice| !told.contains(&notice.key)));
    settle_ticket_key(data, &mut settings, &mut notices);
    settle_geo(data, controller, &mut settings, &mut notices);
    settle_global_auth(data, &mut settings, &mut notices);
    (settings, notices)
}

/// Keys that ask for something, and have no effect without others that are off.
fn idle(data: &BTreeMap<String, String>, controller: &Controller, settings: &mut Settings) -> Vec<Notice> {
    let mut notices = Vec::new();
    let mut usual = initial(controller);
    for (key, text) in data {
        let Some(setting) = catalog::find_in(key, controller.version).filter(|setting| setting.is_known_to(controller.version)) else {
            continue;
        };
        let is_on = |name: &&str, settings: &mut Settings| {
            catalog::find_in(name, controller.version).is_some_and(|setting| setting.is_on(settings))
        };
        let Some(missing) = setting.needs.iter().find(|group| !group.iter().any(|name| is_on(name, settings))) else { continue };
        if *text == setting.shown(&mut usual) || setting.kind() == "boolean" && !setting.is_on(settings) {
            continue;
        }
        let listed: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("`{key}` has no effect without {}", listed.join(" or "));
        let finding = match setting.protects {
            true => Diagnostic::error("idle-setting", message).effect(Effect::FailsOpen),
            false => Diagnostic::warning("idle-setting", message).effect(Effect::AnnotationIgnored),
        };
        notices.push(Notice::of_name(key, finding));
    }
    notices
}

/// The defaults that depend on the pod and the arguments.
fn initial(controller: &Controller) -> Settings {
    let mut settings = catalog::defaults(controller.version);
    settings.process.workers = controller.environment.processors.to_string();
    settings.listening.disable_ipv6_dns = !controller.environment.ipv6;
    if controller.flags.verbosity >= 5 {
        settings.logging.error_log_level = String::from("debug");
    }
    settings
}

/// Reads a key that differs from a known one in case. Quirk: the controller takes it, unless the right spelling is there too; keys
/// with rules of their own are taken on top of the right spelling.
fn read_miscased(
    setting: &'static Setting,
    key: &str,
    text: &str,
    data: &BTreeMap<String, String>,
    settings: &mut Settings,
    notices: &mut Vec<Notice>,
) {
    let name = setting.name;
    if data.contains_key(name) && setting.is_read_by_type() {
        let finding = Diagnostic::warning("miscased-setting", format!("`{key}` has no effect: `{name}` is there as well"));
        notices.push(Notice::of_name(key, finding.effect(Effect::Overridden)));
        return;
    }
    let Some(remarks) = setting.read_miscased(settings, text) else {
        let finding = Diagnostic::warning("unknown-setting", format!("the controller has no ConfigMap key `{key}`"));
        notices.push(Notice::of_name(key, finding.effect(Effect::AnnotationIgnored).help(format!("write `{name}`"))));
        return;
    };
    let finding = Diagnostic::info("miscased-setting", format!("`{key}` is taken for `{name}`"));
    notices.push(Notice::of_name(key, finding.help(format!("write `{name}`"))));
    notices.extend(remarks.into_iter().map(|remark| notice(setting, key, text, remark)));
}

fn notice(setting: &Setting, key: &str, text: &str, remark: Remark) -> Notice {
    let Remark { fate, reason } = remark;
    let finding = match fate {
        Fate::Refused(instead) => {
            let message = format!("`{key}` is refused: {reason}");
            let finding = if setting.protects {
                Diagnostic::error("invalid-setting", message).effect(Effect::FailsOpen)
            } else {
                Diagnostic::warning("invalid-setting", message).effect(Effect::AnnotationIgnored)
            };
            let note = if instead.is_empty() { String::from("it counts as not set") } else { format!("`{instead}` applies") };
            finding.note(note)
        }
        Fate::ItemRefused => {
            let message = format!("`{key}` loses an item: {reason}");
            Diagnostic::warning("invalid-setting", message).effect(Effect::AnnotationIgnored).note("the other items apply")
        }
        Fate::Misread => Diagnostic::warning("misread-setting", format!("`{key}` is not read as it looks: {reason}")),
    };
    // What is suggested has to be taken, and must not be what stands there.
    let is_better = |correct: &String| correct != text && setting.read(&mut Settings::default(), correct, 1).is_empty();
    let finding = match correction(setting, text).filter(is_better) {
        Some(correct) => finding.help(format!("write `{key}: \"{correct}\"`")),
        None => finding,
    };
    Notice::of_value(key, finding)
}

/// What the author of a refused boolean or integer most likely meant.
fn correction(setting: &Setting, text: &str) -> Option<String> {
    let plain = text.trim();
    if let Some(misfit) = setting.fit.and_then(|fit| fit.misfit(text)) {
        return misfit.meant;
    }
    match setting.kind() {
        "boolean" => match plain.to_ascii_lowercase().as_str() {
            "yes" | "y" | "on" | "enable" | "enabled" | "true" => Some(String::from("true")),
            "no" | "n" | "off" | "disable" | "disabled" | "false" | "none" => Some(String::from("false")),
            _ => None,
        },
        "integer" => {
            let seconds = setting.doc.starts_with("Seconds").then(|| plain.strip_suffix('s')).flatten();
            let number: u32 = seconds.unwrap_or(plain).trim_end().parse().ok()?;
            Some(number.to_string())
        }
        _ => None,
    }
}

fn too_new(setting: &Setting, controller: &Controller) -> Notice {
    let since = setting.since.unwrap_or_default();
    let message = format!("`{}` has no effect in {}: the controller knows it from {since} on", setting.name, controller.version);
    Notice::of_name(setting.name, Diagnostic::warning("unknown-setting", message).effect(Effect::AnnotationIgnored))
}

fn unknown(key: &str, controller: &Controller) -> Notice {
    let finding = Diagnostic::warning("unknown-setting", format!("the controller has no ConfigMap key `{key}`"));
    let finding = match catalog::explain(key) {
        Unknown::Removed(removed) if removed.name == key && removed.last >= controller.version => {
            Diagnostic::warning("unsupported-setting", format!("`{key}` is left out of the configuration that is written here"))
                .effect(Effect::NotExpressible)
                .note(format!("the controller knew it until {}", removed.last))
        }
        Unknown::Removed(removed) => {
            let message = format!("`{key}` has no effect: the controller knew it until {}", removed.last);
            let finding = Diagnostic::warning("removed-setting", message).effect(Effect::AnnotationIgnored);
            match removed.instead {
                Some(instead) => finding.help(format!("use `{instead}`")),
                None => finding,
            }
        }
        Unknown::Argument(name) => {
            finding.effect(Effect::AnnotationIgnored).help(format!("`--{name}` is an argument of the controller, not a key"))
        }
        Unknown::Annotation(name) => {
            finding.effect(Effect::AnnotationIgnored).help(format!("`{name}` is an annotation: it stands on each Ingress that needs it"))
        }
        Unknown::Directive(name) => {
            finding.effect(Effect::AnnotationIgnored).help(format!("the key for this directive of nginx is `{name}`"))
        }
        Unknown::Like(name) => finding.effect(Effect::AnnotationIgnored).help(format!("did you mean `{name}`?")),
        Unknown::Stranger => finding.effect(Effect::AnnotationIgnored),
    };
    Notice::of_name(key, finding)
}

/// Drops a ticket key that cannot be decoded. The value is never shown.
fn settle_ticket_key(data: &BTreeMap<String, String>, settings: &mut Settings, notices: &mut Vec<Notice>) {
    let ticket_key = &mut settings.tls.session_ticket_key;
    if ticket_key.is_empty() {
        return;
    }
    let key = written_as("ssl-session-ticket-key", data);
    match base64_length(ticket_key) {
        None => {
            ticket_key.clear();
            let finding = Diagnostic::warning("invalid-setting", format!("`{key}` is refused: it is not Base64"));
            notices.push(Notice::of_value(key, finding.effect(Effect::AnnotationIgnored).note("nginx makes a random key")));
        }
        Some(48 | 80) => {}
        Some(length) => {
            let message = format!("`{key}` holds {length} bytes: nginx takes 48 or 80 and refuses the configuration");
            notices.push(Notice::of_value(key, Diagnostic::error("invalid-setting", message).effect(Effect::BlocksReload)));
        }
    }
}

/// Number of bytes that a text in Base64 stands for; none where it is not Base64. Line breaks do not count.
fn base64_length(text: &str) -> Option<usize> {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let body = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(&text);
    let valid = text.len().is_multiple_of(4) && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    valid.then(|| body.len() * 3 / 4)
}

/// Turns GeoIP2 off where no database can be there. Databases that a volume brings are not known.
fn settle_geo(data: &BTreeMap<String, String>, controller: &Controller, settings: &mut Settings, notices: &mut Vec<Notice>) {
    let flags = &controller.flags;
    if !settings.geo.enabled || (flags.maxmind_source && !flags.maxmind_edition_ids.is_empty()) {
        return;
    }
    settings.geo.enabled = false;
    let key = written_as("use-geoip2", data);
    let finding = Diagnostic::warning("missing-geo-databases", format!("`{key}` has no effect: the controller has no GeoIP2 databases"))
        .effect(Effect::AnnotationIgnored)
        .help("the arguments `--maxmind-license-key` and `--maxmind-mirror` say where it gets them");
    notices.push(Notice::of_value(key, finding));
}

/// Drops external authentication that has no service.
fn settle_global_auth(data: &BTreeMap<String, String>, settings: &mut Settings, notices: &mut Vec<Notice>) {
    const URL: &str = "global-auth-url";
    settings.global_auth.iter_mut().for_each(auth_urls::settle);
    if settings.global_auth.take_if(|auth| auth.url.is_empty()).is_none() || data.contains_key(URL) {
        return;
    }
    for key in data.keys().filter(|key| key.starts_with("global-auth-") && catalog::find(key).is_some()) {
        let finding = Diagnostic::warning("idle-setting", format!("`{key}` has no effect without `{URL}`"));
        notices.push(Notice::of_name(key, finding.effect(Effect::AnnotationIgnored)));
    }
}

/// The key of the ConfigMap that a setting was read from.
fn written_as<'a>(name: &'a str, data: &'a BTreeMap<String, String>) -> &'a str {
    if data.contains_key(name) {
        return name;
    }
    data.keys().find(|key| key.eq_ignore_ascii_case(name)).map_or(name, String::as_str)
}

#[cfg(test)]
mod tests;
