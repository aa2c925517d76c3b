#include "privacy/vocabulary.h"

#include <array>
#include <bit>
#include <span>

#include "privacy/byte_class.h"

namespace ooe::privacy {
namespace {

constexpr std::uint64_t hash_of(std::string_view word) {
  WordHash hash;
  for (const char c : word) hash.add(lower(c));
  return hash.value();
}

// One line of words a hint; spaces between them.
struct Entry {
  Hint hint;
  std::string_view words;
};
constexpr Entry kWords[] = {
    {Hint::phone,
     "phone phones telephone tel tél telefon telefono teléfono telefone telefoon téléphone "
     "telefonu telefonem telefonnummer rufnummer telefonszám telefoni mobile mobil mobiltelefon "
     "handy handynummer cell cellphone landline hotline fax whatsapp sms call caller callee dial "
     "ring voicemail portable joignable móvil movil celular celulare cellulare telemóvel gsm "
     "mobiel puhelin puhelimeen puhelinnumero numeroon soita zadzwoń kontaktowy volejte mobilní "
     "llámame llama llamar appelle appelez bel ligar ara msisdn телефон Телефон телефону тел Тел "
     "звоните Звоните τηλέφωνο Τηλέφωνο"},
    {Hint::version,
     "version versions ver release released build firmware section sections chapter kapitel "
     "abschnitt absatz table tabelle oid article clause paragraph kernel assembly sdk revision "
     "rev figure upgrade upgraded driver capitolo chapitre capítulo rozdział hoofdstuk"},
    {Hint::ip,
     "ip ips ipv host hosts addr address server dns ping nameserver gateway resolver adresse "
     "dirección client peer remote"},
    {Hint::us_id, "ssn itin social tin"},
    {Hint::nhs, "nhs"},
    {Hint::german_tax,
     "steuer steuerid idnr steueridnr steueridentifikationsnummer identifikationsnummer"},
    {Hint::croatian, "oib"},
    {Hint::dutch, "bsn burgerservicenummer sofinummer"},
    {Hint::polish, "pesel"},
    {Hint::belgian, "rijksregisternummer niss insz rrn"},
    {Hint::danish, "cpr cprnr cprnummer personnummer"},
    {Hint::portuguese, "nif contribuinte"},
    {Hint::austrian, "svnr sozialversicherungsnummer"},
    {Hint::irish, "pps ppsn"},
    {Hint::romanian, "cnp"},
    {Hint::greek, "amka αμκα ΑΜΚΑ"},
    {Hint::baltic, "isikukood isikukoodi asmens kodas"},
    {Hint::bulgarian, "egn егн ЕГН"},
    {Hint::authorization, "authorization"},
    {Hint::key_owner,
     "api access account auth signing encryption master shared subscription storage webhook "
     "service admin client deploy"},
    {Hint::key, "key"},
    {Hint::token,
     "token jwt apikey apitoken authtoken accesstoken accesskey authkey secretkey pat"},
    {Hint::password,
     "password passwd pwd passwort kennwort passphrase passcode secret passe contraseña "
     "contrasena clave senha hasło haslo parola wachtwoord lösenord salasana heslo şifre sifre "
     "jelszó parole paroli adgangskode securestring psk пароль Пароль κωδικός"},
    {Hint::pass, "pass pw"},
    {Hint::signature, "sig"},
    {Hint::bearer, "bearer"},
    {Hint::basic, "basic"},
};
constexpr Entry kPairs[] = {
    {Hint::phone, "电话 電話 手机 手機 携帯 전화"},
    {Hint::password, "密码 密碼 暗号 口令"},
};

// Names of JSON members, without separators. A name here is about a person, an account or a
// credential whatever document it is in; names that only sometimes are ("name", "address", "id",
// "age", "notes") are left out: raising the class of every tool call would teach people to switch
// the detector off.
constexpr std::string_view kCredentials =
    "password passwd pwd passphrase passcode pin secret clientsecret apikey apisecret accesskey "
    "secretkey accesstoken refreshtoken authtoken idtoken bearertoken sessiontoken privatekey "
    "privatetoken credentials securityanswer otp mfasecret ";
constexpr std::string_view kFields =
    "username login securityquestion "
    // who somebody is
    "firstname lastname middlename fullname givenname familyname surname maidenname "
    "mothermaidenname mothersmaidenname patientname customername cardholdername cardholder "
    "accountholder nickname vorname nachname familienname geburtsname prenom nomdefamille "
    "apellido apellidos cognome voornaam achternaam imie nazwisko fornamn efternamn sobrenome "
    "dateofbirth birthdate birthday dob birthplace placeofbirth yearofbirth geburtsdatum "
    "geburtsort "
    "datenaissance datedenaissance fechanacimiento fechadenacimiento datadinascita "
    "geboortedatum dataurodzenia fodelsedatum datanascimento gender sex maritalstatus "
    "nationality citizenship ethnicity race religion sexualorientation politicalaffiliation "
    "politicalopinion unionmembership tradeunion biometricid fingerprint "
    // numbers a state gives
    "ssn taxpayer cpr nir socialsecuritynumber socialsecurity nationalid nationalinsurancenumber "
    "nino nhsnumber "
    "passportnumber passportno passport taxid taxnumber tin itin driverlicense driverslicense "
    "drivinglicence driverlicensenumber licenseplate numberplate personnummer codicefiscale pesel "
    "bsn nif nie dni cpf cnp steuerid steuernummer sozialversicherungsnummer ausweisnummer hetu "
    "insurancenumber insuranceid "
    // where somebody is
    "email mail emailaddress workemail personalemail phone phonenumber telephone mobile "
    "mobilephone mobilenumber cellphone homephone workphone fax homeaddress streetaddress "
    "postaladdress billingaddress shippingaddress mailingaddress street emergencycontact "
    "ipaddress clientip remoteip lat lng lon latitude longitude geolocation adresse anschrift "
    "strasse telefon telefonnummer handynummer "
    // money
    "iban bic acct bankaccount bankkonto kontonummer kreditkarte bankaccountnumber accountnumber "
    "routingnumber sortcode swiftaccount "
    "creditcard creditcardnumber cardnumber ccnumber pan cvv cvc cvv2 cardcvc cardexpiry salary "
    "annualsalary basesalary wage income netincome annualincome creditscore networth gehalt "
    // health
    "diagnosis diagnoses medicalrecordnumber mrn medicalhistory bloodtype bloodgroup allergies "
    "medication medications prescription disability healthcondition insurancepolicynumber ";

// Open addressing, at most half full, built by the compiler; a hash of 0 marks a free slot.
template <std::size_t size>
class HashTable {
 public:
  constexpr void add(std::uint64_t hash, Hint hint) {
    if (hash == 0 || ++count_ > size / 2) throw "no room for another word";
    std::size_t slot = hash % size;
    while (hashes_[slot] != 0 && hashes_[slot] != hash) slot = (slot + 1) % size;
    hashes_[slot] = hash;
    hints_[slot] = hint;
  }
  [[nodiscard]] constexpr std::optional<Hint> find(std::uint64_t hash) const {
    for (std::size_t slot = hash % size; hashes_[slot] != 0; slot = (slot + 1) % size) {
      if (hashes_[slot] == hash) return hints_[slot];
    }
    return std::nullopt;
  }

 private:
  static_assert(std::has_single_bit(size));
  std::array<std::uint64_t, size> hashes_{};
  std::array<Hint, size> hints_{};
  std::size_t count_ = 0;
};

template <class Each>
constexpr void for_each_word(std::string_view words, Each each) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (space != 0) each(words.substr(0, space));
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
  }
}

constexpr HashTable<1024> table_of(std::span<const Entry> entries) {
  HashTable<1024> table;
  for (const Entry& entry : entries) {
    for_each_word(entry.words,
                  [&](std::string_view word) { table.add(hash_of(word), entry.hint); });
  }
  return table;
}

constexpr auto kWordTable = table_of(kWords);
constexpr auto kPairTable = table_of(kPairs);
constexpr auto kFieldTable = [] {
  HashTable<1024> fields;
  for_each_word(kFields, [&](std::string_view word) { fields.add(hash_of(word), Hint::key); });
  for_each_word(kCredentials,
                [&](std::string_view word) { fields.add(hash_of(word), Hint::password); });
  return fields;
}();

}  // namespace

constexpr Beginnings kBeginnings = [] {
  Beginnings beginnings;
  const auto bit = [](char letter) { return std::uint32_t{1} << (letter & 31); };
  const auto add = [&](std::string_view word) {
    const std::size_t pair = Beginnings::pair(word[0], word[1]);
    beginnings.thirds[pair] |= word.size() == 2 ? ~std::uint32_t{0} : bit(word[2]);
    beginnings.lengths[pair] |= std::uint32_t{1} << word.size();
  };
  for (const Entry& entry : kWords) {
    for_each_word(entry.words, [&](std::string_view word) {
      for (const char c : word) {
        if (is(c, kHigh)) return;
      }
      if (word.size() < 2 || word.size() >= 32) throw "a word of two to 31 letters";
      add(word);
    });
  }
  for (const std::string_view address : {"fc", "fd", "fe"}) add(address);
  return beginnings;
}();

std::optional<Hint> hint_of(std::uint64_t word_hash) { return kWordTable.find(word_hash); }

std::optional<Hint> hint_of_pair(std::string_view six_bytes) {
  return kPairTable.find(hash_of(six_bytes));
}

FieldKind field_kind(std::uint64_t name_hash) {
  const auto hint = kFieldTable.find(name_hash);
  if (!hint) return FieldKind::other;
  return hint == Hint::password ? FieldKind::credential : FieldKind::personal;
}

}  // namespace ooe::privacy
