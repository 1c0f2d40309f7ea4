//! Letters of other scripts that look like Latin ones, and digits of other scripts.
//!
//! Facts from the Unicode Character Database: `confusables.txt` of UTS 39 (version 16, read through the crate
//! unicode-security; what it maps to one ASCII letter or to a mark that addresses and keys are made of), small
//! capitals and the letters that people take for the forms in lower case, and the zeros of all decimal digits. What
//! decomposition settles (accents, full width, mathematical letters) is not here, nor is anything that is no letter in
//! a script of its own. A crate for it would carry the whole table with its strings, whose prototypes for ASCII itself
//! (`1` becomes `l`, `m` becomes `rn`) would undo what is looked for.

/// Letters in the order of their code points, and under each what it looks like.
const ROWS: &[(&str, &str)] = &[
    ("ÐØøþĐđĦħıŁłŋŦŧƀƂƃƄƈƉƋƌƍƑƒƖƗƙƚƝƞƟƥƦƫƭ", "DOopDdHhiLlnTtbbbbcDddgFfIIklNnOpRtt"),
    ("ƮƴƵƶƽƿǀǤǥȤȥȷȼȾɄɆɇɈɉɌɍɎɏɑɓɖɗɟɠɡɢɣɦɨɩɪ", "TyZzsplGgZzjcTUEeJjRrYyabddjgggyhiii"),
    ("ɫɭɯɲɳɴɵɼɽɾʀʂʄʋʏʐʙʜʟʠͿΑΒΕΖΗΘΙΚΜΝΟΡΤΥΧ", "llwnnnorrrrsfvyzbhlqJABEZHOIKMNOPTYX"),
    ("αβγεηθικμνορστυχωϜϭϳϸϺЅІЈАБВЕКМНОРСТ", "abyenoikuvopotuxwFojpMSIJAbBEKMHOPCT"),
    ("УХЬавгекмнорстухшьѕіјћџѡѢѣѲѳѴѵѽҌҍғҚҞ", "YXbabrekmhopctyxwbsijhuwbbOoVvwbbrKK"),
    ("ҢҪҫҬҮүҰұҲҺһҽҿӀӇӉӍӏӨөԁԌԚԛԜԝՍՏՕագզհղյո", "HCcTYyYyXhheeIHHMlOodGQqWwUSOwqqhnjn"),
    ("ռսցւքօ։׃؍٫۔܁܂܃܄࠱", "nugifo::,,-..:::"),
    ("ႹႽჍყჽჿ፡ᎠᎡᎢᎤᎥᎩᎪᎫᎬᎳᎷᎻᎽᎾᎿᏀᏂᏃᏌᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦ", "hSZySo:DRTOiYAJEWMHYOtGhZUbRWSVSLCPK"),
    ("ᏧᏫᏲᏳᏴ᐀ᐯᑌᑭᑯᑲᑳᒍᒪᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ᛬᛭᜵᠃᠉ᲂᲃᲽᲿᴀᴄ", "dOhGB=VUPdbbJLxHxRbFADDMB:+/::ocSOac"),
    ("ᴅᴇᴊᴋᴍᴏᴑᴘᴛᴜᴠᴡᴢᴦᵮᵰᵲᵴᵵᵶᵻᵼᵽᵾᶃᶌẝỿ", "dejkmooptuvwzrfnrstziipugyfy"),
    ("‐‒–‚⁁⁃⁓⁚ⱥⱧⱩⱫⱬⲂⲅⲌⲍⲎⲐⲑⲒⲓⲔⲘⲚⲞⲟⲢⲣⲤⲥⲦⲨⲩⲬⲽ", "---,/-~:aHKZzBrZzHOoIiKMNOoPpCcTYyXw"),
    ("ⳎⳏⳐⴭⴱⴸⴹⵁⵊⵏⵔⵕⵝ⸒⸚⸞⸟⹀", "PpLzOVEOllOQX,-~~="),
    ("〜゠", "~="),
    ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ꓿ꔋꕗꕯꕶꗋ꘎ꙇꚌꚕ", "BPdDTGKJCZFMNLSRVHWXYAElOU=TBlSE.iTh"),
    ("ꜰꜱꝀꝊꝋꝡꞁꞘꞙꞟꞮꞯꞲꞳꞴꟅꟺꟾꬲꬵꬽꬾꭇꭈꭎꭒꭚꭤꭴꭵꭺꮁꮃꮎꮓꮜ", "fsKOowlFfuIqJXBSwlefoorruuyaoiarwozu"),
    ("ꮤꮩꮪꮯꮻ", "wvsco"),
    ("𐐄𐐕𐐛𐐠𐐬𐐽𐑈𐒴𐓂𐓎𐓪𐓶𐩐𐫵𐲂𐲥𐳂", "OCLSocsROUou.:XIx"),
    ("𑈺𑏔𑢠𑢢𑢣𑢤𑢦𑢩𑢮𑢲𑢵𑢸𑢼𑣀𑣁𑣂𑣃𑣄𑣈𑣗𑣘𑣜𑪼𑪾𑷚𑷠𑷡", ":lVFLYEZELOUTvsFiyoouyZNlOl"),
    ("𖵣𖺪𖺶", "llb"),
    ("𜻼", "V"),
    ("𝼭𝼱𝼲𝼴𝼷𝼹𝼼𝼿𝽀𝽁𝽅𝽆𝽇𝽈𝽉𝽊𝽍𝽎𝽏𝽑𝽒𝽕𝽚𝽪𝽮𝽽𝾁", "dyhqruOwAaghhKkMNnnVvyaAlwE"),
];

/// The zero of each script with decimal digits, in order; the other nine follow it.
const ZEROS: [u32; 58] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50,
    0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1e140, 0x1e2f0, 0x1e950,
];

const COUNT: usize = {
    let mut count = 0;
    let mut row = 0;
    while row < ROWS.len() {
        count += ROWS[row].1.len();
        row += 1;
    }
    count
};

/// The rows as one list to search in.
static LETTERS: [(u32, u8); COUNT] = {
    let mut letters = [(0, 0); COUNT];
    let (mut row, mut next) = (0, 0);
    while row < ROWS.len() {
        let (from, to) = (ROWS[row].0.as_bytes(), ROWS[row].1.as_bytes());
        let (mut at, mut place) = (0, 0);
        while at < from.len() {
            // The length of a character stands in its first byte (RFC 3629).
            let size = match from[at] {
                0xf0.. => 4,
                0xe0.. => 3,
                _ => 2,
            };
            let mut point = (from[at] as u32) & (0x7f >> size);
            let mut more = 1;
            while more < size {
                point = point << 6 | (from[at + more] as u32 & 0x3f);
                more += 1;
            }
            letters[next] = (point, to[place]);
            assert!(next == 0 || letters[next - 1].0 < point, "out of order");
            next += 1;
            place += 1;
            at += size;
        }
        assert!(place == to.len(), "a letter without a likeness");
        row += 1;
    }
    letters
};

/// The ASCII character that this one looks like or counts as.
pub(super) fn latin(c: char) -> Option<char> {
    let point = u32::from(c);
    let zero = ZEROS.partition_point(|zero| *zero <= point).checked_sub(1).map(|at| ZEROS[at]);
    if let Some(digit) = zero.map(|zero| point - zero).filter(|digit| *digit < 10) {
        return char::from_digit(digit, 10);
    }
    let at = LETTERS.binary_search_by_key(&point, |letter| letter.0).ok()?;
    Some(char::from(LETTERS[at].1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_digits_of_other_scripts_are_latin() {
        for (from, to) in
            [("рауments", "payments"), ("ΑΚΙΑ", "AKIA"), ("ｅ", "ｅ"), ("٤٢", "42"), ("ᴘᴡ", "pw"), ("é", "é")]
        {
            let found: String = from.chars().map(|c| latin(c).unwrap_or(c)).collect();
            assert_eq!(found, to, "{from}");
        }
    }
}
