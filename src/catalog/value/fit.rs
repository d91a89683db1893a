//! What becomes of values that the controller takes, and that nginx, Lua or browsers do not.

/// Who reads a value behind the controller's checks, and what applies where they cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Bytes with `k`, `m` or `g`: else the controller writes no directive, and this default of nginx applies.
    Offset(&'static str),
    /// Bytes with `k` or `m`: the same.
    Memory(&'static str),
    /// An algorithm of the controller's code in Lua, which takes another instead.
    Algorithm,
    /// Seconds in a header for browsers, which ignore it else.
    Age,
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What is wrong with it.
    pub reason: String,
    /// What applies instead; empty: nothing.
    pub instead: &'static str,
    /// What was probably meant.
    pub meant: Option<String>,
}

/// The algorithms that there is code for.
const ALGORITHMS: &[&str] = &["chash", "chashsubset", "ewma", "round_robin", "sticky_balanced", "sticky_persistent"];

impl Fit {
    /// Why a value does not fit; none where it does.
    #[must_use]
    pub fn misfit(self, value: &str) -> Option<Misfit> {
        let shown: String = value.chars().take(60).flat_map(char::escape_debug).collect();
        let no_size = |units: &str, instead| {
            let reason =
                format!("`{shown}` is no size for nginx, which is a number and {units} at most: the controller leaves the directive out");
            Misfit { reason, instead, meant: self.size_meant(value) }
        };
        match self {
            Self::Offset(instead) => (!is_size(value, "kKmMgG")).then(|| no_size("one of `k`, `m` and `g`", instead)),
            Self::Memory(instead) => (!is_size(value, "kKmM")).then(|| no_size("one of `k` and `m`", instead)),
            Self::Algorithm => (!value.is_empty() && !ALGORITHMS.contains(&value)).then(|| {
                let reason = format!("the controller has no algorithm `{shown}`, only `round_robin` and `ewma`");
                Misfit { reason, instead: "round_robin", meant: None }
            }),
            Self::Age => (value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit())).then(|| {
                let reason = format!("`{shown}` is no number of seconds: browsers ignore a header with it");
                Misfit { reason, instead: "", meant: None }
            }),
        }
    }

    /// The size that was meant by one with more letters or blanks.
    fn size_meant(self, value: &str) -> Option<String> {
        let plain: String = value.to_ascii_lowercase().split_whitespace().collect();
        let digits = plain.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = match &plain[digits.len()..] {
            "" | "b" | "byte" | "bytes" => "",
            "k" | "kb" | "ki" | "kib" => "k",
            "m" | "mb" | "mi" | "mib" => "m",
            "g" | "gb" | "gi" | "gib" => "g",
            _ => return None,
        };
        let meant = format!("{digits}{unit}");
        (!digits.is_empty() && self.misfit_free(&meant)).then_some(meant)
    }

    fn misfit_free(self, value: &str) -> bool {
        match self {
            Self::Offset(_) => is_size(value, "kKmMgG"),
            _ => is_size(value, "kKmM"),
        }
    }
}

/// Whether the controller takes a text for a size. Quirk: blanks around it do not count.
fn is_size(text: &str, units: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_suffix(|letter| units.contains(letter)).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_read_is_told() {
        let offset = Fit::Offset("1m");
        for (fit, value, meant) in [
            (offset, "8MB", Some("8m")),
            (offset, "100 m", Some("100m")),
            (offset, "1Gi", Some("1g")),
            (offset, "8b", Some("8")),
            (offset, "8t", None),
            (offset, "", None),
            (Fit::Memory("16k"), "1g", None),
            (Fit::Memory("16k"), "16kb", Some("16k")),
            (Fit::Algorithm, "least_conn", None),
            (Fit::Algorithm, "ip_hash", None),
            (Fit::Age, "1y", None),
        ] {
            assert_eq!(fit.misfit(value).map(|misfit| misfit.meant), Some(meant.map(str::to_owned)), "{value:?}");
        }
        for (fit, value) in [
            (offset, "8m"),
            (offset, " 8M "),
            (offset, "0"),
            (offset, "1G"),
            (Fit::Memory(""), "8K"),
            (Fit::Algorithm, "ewma"),
            (Fit::Age, "0"),
        ] {
            assert_eq!(fit.misfit(value), None, "{value:?}");
        }
    }
}
