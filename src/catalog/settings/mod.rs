//! The keys of the controller's ConfigMap: one table, one file per subject.
//!
//! An entry is a line in its subject's file: the name, the field of [`Settings`] that it sets, and what it does. The type of the
//! field decides how a value is read, and [`Settings::default`] what applies without one, so neither is written down twice.

mod backends;
mod client;
mod decode;
mod defaults;
mod former;
mod global_auth;
mod observing;
mod process;
mod protection;
mod removed;
mod response;
mod snippets;
mod suggest;
mod tls;

use std::sync::LazyLock;

pub use defaults::defaults;
use hashbrown::HashMap;
pub use removed::{REMOVED, Removed};
pub use suggest::{Unknown, explain};

use crate::catalog::value::Fit;
use crate::catalog::version::Version;
use crate::ir::Settings;

/// Keys of one subject.
#[derive(Debug)]
pub struct Group {
    /// Name, kebab-case.
    pub name: &'static str,
    /// What the keys are about.
    pub doc: &'static str,
    /// The keys.
    pub settings: &'static [Setting],
}

/// All keys by subject.
pub static GROUPS: &[&Group] = &[
    &process::GROUP,
    &client::GROUP,
    &tls::GROUP,
    &observing::GROUP,
    &response::GROUP,
    &protection::GROUP,
    &backends::GROUP,
    &global_auth::GROUP,
    &snippets::GROUP,
];

/// One key of the ConfigMap.
#[derive(Debug)]
pub struct Setting {
    /// The key.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// The nginx directives that it governs.
    pub directives: &'static [&'static str],
    /// The first release that knows it; none: every release that this catalog covers.
    pub since: Option<Version>,
    /// A release before that which knew it, though the next one did not.
    pub also: Option<Version>,
    /// The last release that knows it; none: it is still known.
    pub until: Option<Version>,
    /// A value that is refused leaves something open that should be closed.
    pub protects: bool,
    /// The keys without which it has no effect: one of each group has to be on.
    pub needs: &'static [&'static [&'static str]],
    /// Who reads the value behind the controller.
    pub fit: Option<Fit>,
    /// The words that mean something, where there are only a few; of a switch none, as its type says them.
    pub words: &'static [&'static str],
    field: Field,
    reader: Reader,
}

/// The field that a key sets.
#[derive(Debug, Clone, Copy)]
enum Field {
    Flag(fn(&mut Settings) -> &mut bool),
    Number(fn(&mut Settings) -> &mut i64),
    /// A number of 32 bits.
    SmallNumber(fn(&mut Settings) -> &mut i64),
    Fraction(fn(&mut Settings) -> &mut f32),
    Text(fn(&mut Settings) -> &mut String),
    List(fn(&mut Settings) -> &mut Vec<String>),
    Numbers(fn(&mut Settings) -> &mut Vec<i64>),
    /// No single field: the reader knows where the value goes.
    Own(&'static str),
}

/// What the settings hold for a key, where one field holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plain<'a> {
    /// On or off.
    Switch(bool),
    /// A number, in the unit of the key.
    Number(i64),
    /// A text; empty: none.
    Words(&'a str),
    /// Several texts.
    List(&'a [String]),
    /// Several numbers.
    Numbers(&'a [i64]),
}

/// How a value of a key that is spelt exactly is read.
#[derive(Debug, Clone, Copy)]
enum Reader {
    /// By the type of the field.
    ByType,
    /// Split at commas.
    Split,
    /// By rules of its own.
    Own(fn(&mut Settings, &mut Reading)),
}

/// The reading of one value.
#[derive(Debug)]
pub struct Reading<'a> {
    text: &'a str,
    processors: u32,
    remarks: Vec<Remark>,
}

/// What is to be said about a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What the controller makes of it.
    pub fate: Fate,
    /// What is wrong with it.
    pub reason: String,
}

/// What the controller makes of a questionable value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is refused, and this value applies.
    Refused(String),
    /// One item of the list is left out.
    ItemRefused,
    /// It is taken, but not as it looks.
    Misread,
}

impl Reading<'_> {
    /// Refuses the whole value; `instead` applies.
    fn refuse(&mut self, reason: impl Into<String>, instead: impl Into<String>) {
        self.remarks.push(Remark { fate: Fate::Refused(instead.into()), reason: reason.into() });
    }

    /// Refuses one item of a list.
    fn refuse_item(&mut self, reason: impl Into<String>) {
        self.remarks.push(Remark { fate: Fate::ItemRefused, reason: reason.into() });
    }

    /// Takes the value, but not as it looks.
    fn misread(&mut self, reason: impl Into<String>) {
        self.remarks.push(Remark { fate: Fate::Misread, reason: reason.into() });
    }

    /// The items between commas.
    fn items(&mut self) -> Vec<String> {
        let items = decode::split(self.text);
        if items.iter().any(String::is_empty) {
            self.misread("the list has an empty item");
        }
        items
    }
}

impl Setting {
    /// Whether a release of the controller knows the key.
    #[must_use]
    pub fn is_known_to(&self, version: Version) -> bool {
        self.also == Some(version) || self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version <= until)
    }

    const fn new(name: &'static str, doc: &'static str, field: Field, reader: Reader) -> Self {
        Self {
            name,
            doc,
            directives: &[],
            since: None,
            also: None,
            until: None,
            protects: false,
            needs: &[],
            fit: None,
            words: &[],
            field,
            reader,
        }
    }

    const fn governs(mut self, directives: &'static [&'static str]) -> Self {
        self.directives = directives;
        self
    }

    const fn since(mut self, major: u16, minor: u16, patch: u16) -> Self {
        self.since = Some(Version::new(major, minor, patch));
        self
    }

    const fn also(mut self, major: u16, minor: u16, patch: u16) -> Self {
        self.also = Some(Version::new(major, minor, patch));
        self
    }

    const fn until(mut self, major: u16, minor: u16, patch: u16) -> Self {
        self.until = Some(Version::new(major, minor, patch));
        self
    }

    const fn needs(mut self, groups: &'static [&'static [&'static str]]) -> Self {
        self.needs = groups;
        self
    }

    const fn fits(mut self, fit: Fit) -> Self {
        self.fit = Some(fit);
        self
    }

    const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }

    const fn protects(mut self) -> Self {
        self.protects = true;
        self
    }

    const fn read_by(mut self, reader: fn(&mut Settings, &mut Reading)) -> Self {
        self.reader = Reader::Own(reader);
        self
    }

    /// The value is one item of the list, whatever it looks like.
    const fn unsplit(mut self) -> Self {
        self.reader = Reader::ByType;
        self
    }

    /// Whether the type of the field alone decides how a value is read.
    #[must_use]
    pub fn is_read_by_type(&self) -> bool {
        matches!(self.reader, Reader::ByType)
    }

    /// What a value looks like, in a word or two.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.field {
            Field::Flag(_) => "boolean",
            Field::Number(_) | Field::SmallNumber(_) => "integer",
            Field::Fraction(_) => "number",
            Field::Text(_) => "text",
            Field::List(_) => "list",
            Field::Numbers(_) => "list of integers",
            Field::Own(kind) => kind,
        }
    }

    /// What applies where the ConfigMap says nothing, as it would be written there; empty: nothing.
    #[must_use]
    pub fn default(&self) -> String {
        self.shown(&mut Settings::default())
    }

    /// Reads a value. `processors` is what `auto` means for the number of workers.
    #[must_use]
    pub fn read(&self, settings: &mut Settings, text: &str, processors: u32) -> Vec<Remark> {
        let mut reading = Reading { text, processors, remarks: Vec::new() };
        match (self.reader, self.field) {
            (Reader::Own(read), _) => read(settings, &mut reading),
            (Reader::Split, Field::List(field)) => *field(settings) = reading.items(),
            (Reader::Split | Reader::ByType, _) => self.read_by_type(settings, &mut reading),
        }
        reading.remarks
    }

    /// Reads a value under a key that differs in case. Quirk: the controller finds the field all the same, but none of the rules
    /// that some keys have; a list is not split. None: nothing is found, as the key has no field of that name.
    #[must_use]
    pub fn read_miscased(&self, settings: &mut Settings, text: &str) -> Option<Vec<Remark>> {
        let mut reading = Reading { text, processors: 0, remarks: Vec::new() };
        if matches!(self.field, Field::Own(_)) {
            return None;
        }
        self.read_by_type(settings, &mut reading);
        if !self.is_read_by_type() {
            reading.misread("spelt like this, the value is taken without splitting and checks");
        }
        Some(reading.remarks)
    }

    fn read_by_type(&self, settings: &mut Settings, reading: &mut Reading) {
        let text = reading.text;
        let number = |bits| decode::integer(text, bits);
        let read = match self.field {
            Field::Flag(field) => decode::boolean(text).map(|value| *field(settings) = value),
            Field::Number(field) => number(64).map(|value| *field(settings) = value),
            Field::SmallNumber(field) => number(32).map(|value| *field(settings) = value),
            Field::Fraction(field) => decode::fraction(text).map(|value| *field(settings) = value),
            Field::Text(field) => {
                text.clone_into(field(settings));
                Ok(())
            }
            // Quirk: a text is put in the place of the first item.
            Field::List(field) => {
                decode::put_first(field(settings), text.to_owned());
                Ok(())
            }
            // Quirk: a list that was empty gets its item even where the text is no number.
            Field::Numbers(field) => {
                let value = number(64);
                if value.is_ok() || field(settings).is_empty() {
                    decode::put_first(field(settings), value.as_ref().copied().unwrap_or_default());
                }
                value.map(|_| ())
            }
            Field::Own(_) => Ok(()),
        };
        match read {
            Ok(()) => {
                if let Some(misfit) = self.fit.and_then(|fit| fit.misfit(text)) {
                    reading.refuse(misfit.reason, misfit.instead);
                }
                if let Some(surprise) = self.surprise(settings, text) {
                    reading.misread(surprise);
                }
            }
            Err(error) => reading.refuse(error.to_string(), self.shown(settings)),
        }
    }

    /// Why a value that was taken may not mean what its author thinks.
    fn surprise(&self, settings: &mut Settings, text: &str) -> Option<String> {
        match self.field {
            Field::Number(field) | Field::SmallNumber(field) => {
                let plain = text.parse() == Ok(*field(settings)) && !decode::has_leading_zero(text);
                (!plain).then(|| format!("{} is read as {}", decode::quoted(text), field(settings)))
            }
            Field::Flag(_) | Field::Fraction(_) => text.is_empty().then(|| format!("an empty value is read as `{}`", self.shown(settings))),
            Field::Text(_) | Field::List(_) | Field::Numbers(_) | Field::Own(_) => None,
        }
    }

    /// Whether the settings have the key on: they say yes, or something else than nothing.
    #[must_use]
    pub fn is_on(&self, settings: &mut Settings) -> bool {
        !matches!(self.shown(settings).as_str(), "" | "false" | "0")
    }

    /// What the settings hold; none where no single field does, or a fraction.
    #[must_use]
    pub fn plain<'a>(&self, settings: &'a mut Settings) -> Option<Plain<'a>> {
        Some(match self.field {
            Field::Flag(field) => Plain::Switch(*field(settings)),
            Field::Number(field) | Field::SmallNumber(field) => Plain::Number(*field(settings)),
            Field::Text(field) => Plain::Words(field(settings)),
            Field::List(field) => Plain::List(field(settings)),
            Field::Numbers(field) => Plain::Numbers(field(settings)),
            Field::Fraction(_) | Field::Own(_) => return None,
        })
    }

    /// The value in the settings, as it would be written in the ConfigMap; empty where no single field holds it.
    #[must_use]
    pub fn shown(&self, settings: &mut Settings) -> String {
        if let Field::Fraction(field) = self.field {
            return field(settings).to_string();
        }
        match self.plain(settings) {
            Some(Plain::Switch(on)) => on.to_string(),
            Some(Plain::Number(number)) => number.to_string(),
            Some(Plain::Words(text)) => text.to_owned(),
            Some(Plain::List(items)) => items.join(","),
            Some(Plain::Numbers(numbers)) => numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(","),
            None => String::new(),
        }
    }
}

const fn flag(name: &'static str, field: fn(&mut Settings) -> &mut bool, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Flag(field), Reader::ByType)
}

const fn number(name: &'static str, field: fn(&mut Settings) -> &mut i64, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Number(field), Reader::ByType)
}

const fn small_number(name: &'static str, field: fn(&mut Settings) -> &mut i64, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::SmallNumber(field), Reader::ByType)
}

const fn fraction(name: &'static str, field: fn(&mut Settings) -> &mut f32, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Fraction(field), Reader::ByType)
}

const fn text(name: &'static str, field: fn(&mut Settings) -> &mut String, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Text(field), Reader::ByType)
}

const fn list(name: &'static str, field: fn(&mut Settings) -> &mut Vec<String>, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::List(field), Reader::Split)
}

const fn numbers(name: &'static str, field: fn(&mut Settings) -> &mut Vec<i64>, doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Numbers(field), Reader::Split)
}

const fn own(name: &'static str, kind: &'static str, reader: fn(&mut Settings, &mut Reading), doc: &'static str) -> Setting {
    Setting::new(name, doc, Field::Own(kind), Reader::Own(reader))
}

/// All keys, subject by subject.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// All keys, those that the last release no longer has behind the others.
pub fn all_ever() -> impl Iterator<Item = &'static Setting> {
    all().chain(former::FORMER.iter().copied())
}

/// The key of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Setting> {
    static BY_NAME: LazyLock<HashMap<&str, &Setting>> = LazyLock::new(|| all().map(|setting| (setting.name, setting)).collect());
    BY_NAME.get(name).copied()
}

/// The key of a name, among those that some release has. Releases that do not know one yet are the matter of [`Setting::since`].
#[must_use]
pub fn find_in(name: &str, version: Version) -> Option<&'static Setting> {
    let former = || former::FORMER.iter().copied().find(|setting| setting.name == name);
    find(name).or_else(|| former().filter(|setting| setting.is_known_to(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case_and_docs_are_sentences() {
        let mut names = hashbrown::HashSet::new();
        for setting in all() {
            assert!(names.insert(setting.name), "{} is there twice", setting.name);
            assert!(
                setting.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{}",
                setting.name
            );
            assert!(setting.doc.ends_with('.'), "{}", setting.name);
        }
    }

    #[test]
    fn no_two_keys_set_the_same_field() {
        for setting in all().filter(|setting| !matches!(setting.field, Field::Own(_))) {
            let mut settings = Settings::default();
            let value = match setting.default().as_str() {
                "true" => "false",
                "false" => "true",
                _ => "301",
            };
            let _ = setting.read_miscased(&mut settings, value);
            let touched: Vec<_> =
                all().filter(|other| other.shown(&mut settings.clone()) != other.default()).map(|other| other.name).collect();
            assert_eq!((setting.shown(&mut settings).as_str(), touched), (value, vec![setting.name]));
        }
    }

    #[test]
    fn a_default_written_out_is_the_default() {
        for setting in all().filter(|setting| !setting.default().is_empty()) {
            let mut settings = Settings::default();
            let remarks = setting.read(&mut settings, &setting.default(), 1);
            assert!(remarks.is_empty() && settings == Settings::default(), "{}", setting.name);
        }
    }
}
