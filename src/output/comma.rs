//! Comma-separated values, as spreadsheets read them.

use super::untrusted::one_line;

/// A field: quoted where it must be, and never a formula to a spreadsheet.
pub(super) fn quoted(field: &str) -> String {
    let field = one_line(field);
    let is_formula = field.starts_with(['=', '+', '-', '@', '\t']);
    let field = if is_formula { format!("'{field}") } else { field.into_owned() };
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_no_formulas() {
        for (field, expected) in
            [("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("= /a", "'= /a"), ("a\nb", "a\\nb"), ("@x", "'@x")]
        {
            assert_eq!(quoted(field), expected);
        }
    }
}
