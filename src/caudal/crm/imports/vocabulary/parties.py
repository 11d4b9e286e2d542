"""The columns of members, products, companies and people. A new column is one line here."""

from collections.abc import Mapping
from typing import Final

from caudal.core.errors import msg
from caudal.crm.imports.vocabulary.kinds import Field, Kind, Reading, Table, in_words, words
from caudal.crm.models import SalesModel

NAME: Final = ("name", "nombre")
COMPANY: Final = words(
    "account, account name, company, company name, empresa, cuenta, organization, organisation, deal organization, "
    "person organization, lead organization, associated company, company account, customer, client, cliente, "
    "nombre empresa, razon social, compania, nombre de la empresa, nombre de la cuenta, organizacion, "
    "potential customer, parent account, empresa asociada, persona organizacion, negocio organizacion, trato organizacion"
)
COMPANY_NAMES: Final = tuple(word for word in COMPANY if word not in {"parent account", "potential customer"})
"""What the company of a row is called, less what would be another company in a file of companies."""
COMPANY_KEYS: Final = words(
    "account id, account name id, associated company ids primary, associated company ids, associated company id, "
    "primary associated company id, company id, company name id, organization id, parent account id, parentaccountid, "
    "id de la cuenta, id de empresa, customer id, parent customer id"
)
EMAIL: Final = words(
    "email, e mail, email address, emailaddress1, person email work, person email, lead email, mail, correo, correo electronico, "
    "person email home, person email other, secondary email, direccion de correo, persona correo electronico trabajo"
)
PHONE: Final = words(
    "phone, phone number, business phone, mobile, mobile phone, mobile phone number, telephone, telephone1, "
    "person phone work, person phone mobile, person phone, person phone home, person phone other, organization phone, "
    "main phone, home phone, telefono, movil, telefono movil, numero de telefono, persona telefono trabajo"
)
STREET: Final = words(
    "billing street, billing address line 1, address 1 street 1, address1 line1, organization address, "
    "organization full combined address of address, organization street road name of address, calle de facturacion, "
    "domicilio de facturacion, direccion de facturacion, direccion 1 calle 1, organizacion direccion"
)
CITY: Final = words(
    "billing city, address 1 city, address1 city, organization city town village locality of address, "
    "ciudad de facturacion, direccion 1 ciudad, organizacion ciudad de direccion, organizacion ciudad localidad de direccion"
)
REGION: Final = words(
    "billing state, billing state province, address 1 state province, address1 stateorprovince, "
    "organization state county of address, organization region of address, estado de facturacion, "
    "estado o provincia de facturacion, provincia de facturacion, direccion 1 estado o provincia, organizacion estado de direccion"
)
POSTAL_CODE: Final = words(
    "billing postal code, billing zip postal code, billing zip, billing code, address 1 zip postal code, "
    "address1 postalcode, organization zip postal code of address, codigo postal de facturacion, "
    "direccion 1 codigo postal, organizacion codigo postal de direccion"
)
SALES_MODEL: Final = Field(
    "sales_model", Reading.TEXT, (), words("sales model, modelo de venta, modelo de ventas"), label=msg("Sales model")
)
SALES_MODELS: Final[Mapping[str, SalesModel]] = {
    in_words(word): model
    for model, listed in (
        (SalesModel.SELF_SERVICE, "self service, autoservicio"),
        (SalesModel.INSIDE, "inside, inside sales, venta interna"),
        (SalesModel.FIELD, "field, field sales, venta de campo, venta en campo"),
        (SalesModel.CHANNEL, "channel, channel sales, canal, venta por canal"),
        (SalesModel.ENTERPRISE, "enterprise, enterprise sales, grandes empresas, grandes cuentas"),
        (SalesModel.API, "api, api sales, venta por api"),
        (SalesModel.WHITE_LABEL, "white label, marca blanca"),
        (SalesModel.DIRECT, "direct, direct sales, directa, venta directa"),
        (SalesModel.CORPORATE, "corporate, corporativo, corporativa, venta corporativa"),
        (SalesModel.PARTNER, "partner, partners, through partners, socios, a traves de socios"),
    )
    for word in words(listed)
}
"""Ways of selling, by the words for them."""
LANGUAGES: Final[Mapping[str, str]] = {
    in_words(word): code
    for code, listed in (
        ("en", "english, ingles"),
        ("es", "spanish, espanol, castellano"),
        ("ca", "catalan"),
        ("pt", "portuguese, portugues"),
        ("fr", "french, frances"),
        ("de", "german, aleman"),
        ("it", "italian, italiano"),
        ("nl", "dutch, neerlandes"),
    )
    for word in words(listed)
}
"""Languages by name; others are taken as the tags that they are."""
CURRENCY: Final = Field(
    "currency",
    Reading.TEXT,
    words("amount currency, total amount currency, deal currency of value, deal currency, currency iso code"),
    words("currency, currency code, transaction currency, moneda, divisa, negocio moneda, trato moneda"),
    length=40,
    label=msg("Currency"),
)
TAGS: Final = Field(
    "tags",
    Reading.TEXT,
    (),
    words(
        "tags, tag, labels, label, tag list, contact tags, account tags, lead tags, deal tags, deal label, person label, "
        "organization label, lead label, etiquetas, etiqueta"
    ),
    length=2000,
    label=msg("Tags"),
)
DELETED: Final = Field("deleted", Reading.FLAG, (), words("is deleted, deleted, eliminado"), label=msg("Deleted there"))


def owner(*telling: str) -> tuple[Field, Field]:
    """Return the columns that say by name, and by key, who answers for a row."""
    return (
        Field(
            "owner",
            Reading.NAME,
            (*telling, *words("owner, account owner, deal owner, sales agent, agent, rep, sales rep")),
            words("owner name, propietario, responsable, comercial, vendedor, agente, asesor, assigned to, asignado a"),
            names=Kind.MEMBERS,
            label=msg("Owner"),
        ),
        Field(
            "owner_key",
            Reading.LINK,
            tuple(f"{word} id" for word in telling),
            words("owner id, hubspot owner id, account owner id, deal owner id, id del propietario"),
            names=Kind.MEMBERS,
            label=msg("Owner, by key"),
        ),
    )


def name_parts() -> tuple[Field, Field]:
    """Return the columns of a name in two parts."""
    given = words(
        "first name, firstname, given name, nombre de pila, person first name, lead first name, persona nombre de pila"
    )
    family = words("last name, lastname, family name, surname, apellido, apellidos, person last name, lead last name")
    return (
        Field("given_name", Reading.TEXT, given, length=120, label=msg("Given name")),
        Field("family_name", Reading.TEXT, family, length=120, label=msg("Family name")),
    )


MEMBERS: Final = Table(
    Kind.MEMBERS,
    words("team, teams, agents, members, users, user, owners, reps, equipo, equipos, comerciales, vendedores, usuarios"),
    (frozenset({"name"}), frozenset({"given_name", "email"}), frozenset({"family_name", "email"})),
    (
        Field(
            "name",
            Reading.NAME,
            words("sales agent, agent, sales rep, rep, salesperson, vendedor, comercial, agente, asesor"),
            (*NAME, *words("member, user, full name, user name, nombre completo, empleado, usuario")),
            names=Kind.MEMBERS,
            label=msg("Name"),
        ),
        Field("key", Reading.TEXT, words("agent id, user id, owner id, rep id, id comercial, id vendedor, do not modify user"), words("id, record id"), label=msg("Key there")),
        *name_parts(),
        Field("email", Reading.EMAIL, (), (*EMAIL, *words("primary email, username")), length=254, label=msg("E-mail")),
        Field("manager", Reading.NAME, words("manager, sales manager, supervisor, jefe, gerente, responsable"), names=Kind.MEMBERS, label=msg("Manager")),
        Field(
            "team",
            Reading.TEXT,
            words("regional office, team, sales team, equipo, oficina regional, delegacion"),
            words("office, region, oficina, zona"),
            length=120,
            label=msg("Team"),
        ),
        DELETED,
    ),
    needs_if_called=(frozenset({"given_name", "family_name"}),),
    least=("name", "given_name", "family_name"),
)  # fmt: skip

PRODUCTS: Final = Table(
    Kind.PRODUCTS,
    words("product, products, product2, catalog, catalogue, price list, producto, productos, catalogo, tarifa"),
    (frozenset({"name"}),),
    (
        Field("name", Reading.NAME, words("product, product name, producto, nombre producto, nombre del producto, articulo"), (*NAME, "titulo"), names=Kind.PRODUCTS, label=msg("Name")),
        Field("key", Reading.TEXT, words("product id, do not modify product, id producto, product pipedrive system id"), words("id, record id"), length=80, label=msg("Key there")),
        Field("sku", Reading.TEXT, words("sku, hs sku, product code, product product code, stock keeping unit, codigo producto, codigo de producto"), words("code, codigo, referencia"), length=80, label=msg("Article number")),
        Field(
            "list_price",
            Reading.NUMBER,
            words("sales price, list price, unit price, product unit price, precio, precio unitario, pvp, tarifa"),
            words("price, hs price, importe, amount"),
            label=msg("List price"),
        ),
        CURRENCY,
        Field("unit", Reading.TEXT, (), words("unit, unit of measure, usage unit, quantity unit of measure, default unit, product unit, unidad"), length=40, label=msg("Unit")),
        DELETED,
    ),
    least=("name",),
)  # fmt: skip

COMPANIES: Final = Table(
    Kind.COMPANIES,
    words("account, accounts, company, companies, organizations, customers, empresa, empresas, cuentas, clientes, organizaciones"),
    (frozenset({"name"}),),
    (
        Field("name", Reading.NAME, (*words("organization name, organizacion nombre"), *COMPANY_NAMES), NAME, names=Kind.COMPANIES, label=msg("Name")),
        Field(
            "key",
            Reading.TEXT,
            words("account id, company id, organization id, organization pipedrive system id, customer id, do not modify account, no modificar cuenta, id empresa, id cuenta, id cliente"),
            words("id, record id, id de registro"),
            label=msg("Key there"),
        ),
        Field(
            "domain",
            Reading.DOMAIN,
            words("company domain name, domain, web domain, website, web site, website url, organization website, web, dominio, nombre de dominio de la empresa, sitio web"),
            ("url",),
            length=253,
            label=msg("Web domain"),
        ),
        Field("sector", Reading.TEXT, words("sector, industry, organization industry, industria"), ("vertical",), length=80, label=msg("Sector")),
        Field(
            "country",
            Reading.TEXT,
            words("billing country, country, country region, address 1 country region, address1 country, organization address country of address, office location, pais, pais region, pais de facturacion"),
            words("location, ubicacion, organization country of address, shipping country"),
            length=80,
            label=msg("Country"),
        ),
        Field("region", Reading.LINE, REGION, words("state region, state, province, region, county, state province, provincia, estado region, comunidad autonoma, shipping state, shipping state province"), length=120, label=msg("Region")),
        Field("city", Reading.LINE, CITY, words("city, town, ciudad, localidad, poblacion, municipio, shipping city"), length=120, label=msg("City")),
        Field("postal_code", Reading.LINE, POSTAL_CODE, words("postal code, zip, zip code, postcode, zip postal code, codigo postal, cp, shipping postal code, shipping zip postal code, shipping code"), length=20, label=msg("Postal code")),
        Field("street", Reading.LINE, STREET, words("street address, street, address, address line 1, calle, direccion, domicilio, shipping street"), length=200, label=msg("Street")),
        Field("phone", Reading.LINE, words("company phone, main phone, organization phone, telefono de la empresa, telefono principal, organizacion telefono"), (*PHONE, *words("telephone number, account phone, telefono de la cuenta")), length=40, label=msg("Phone")),
        SALES_MODEL,
        Field(
            "employees",
            Reading.WHOLE,
            words("employees, number of employees, no of employees, headcount, employee count, organization number of employees, empleados, numero de empleados, plantilla"),
            label=msg("Employees"),
        ),
        Field(
            "parent",
            Reading.NAME,
            words("parent account, parent company, subsidiary of, parent, matriz, filial de, empresa matriz, cuenta principal"),
            names=Kind.COMPANIES,
            label=msg("Part of"),
        ),
        Field("parent_key", Reading.LINK, words("parent id, parent account id, parent company id"), names=Kind.COMPANIES, label=msg("Part of, by key")),
        TAGS,
        *owner("company owner", "organization owner", "propietario de la empresa"),
        DELETED,
    ),
    least=("name",),
)  # fmt: skip

PEOPLE: Final = Table(
    Kind.PEOPLE,
    words("people, person, persons, contact, contacts, persona, personas, contacto, contactos"),
    (frozenset({"name"}), frozenset({"given_name"}), frozenset({"email"})),
    (
        Field(
            "name",
            Reading.TEXT,
            words("contact, contact name, full name, person, person name, contacto, nombre completo, persona nombre"),
            NAME,
            label=msg("Name"),
        ),
        *name_parts(),
        Field("key", Reading.TEXT, words("contact id, person id, person pipedrive system id, do not modify contact, no modificar contacto, id contacto, id persona"), words("id, record id, id de registro"), label=msg("Key there")),
        Field("email", Reading.EMAIL, EMAIL, length=254, label=msg("E-mail")),
        Field("other_emails", Reading.TEXT, words("other emails, other e mails, further emails, additional email addresses, otros correos, otras direcciones de correo"), length=5000, label=msg("Other e-mail addresses")),
        Field("phone", Reading.TEXT, PHONE, length=40, label=msg("Phone")),
        Field("other_phones", Reading.TEXT, words("other phones, further phones, otros telefonos"), length=2000, label=msg("Other phones")),
        Field("language", Reading.TEXT, (), words("language, preferred language, hs language, idioma, idioma preferido"), length=80, label=msg("Language")),
        Field("country", Reading.LINE, words("mailing country, person country of address"), words("country, country region, address 1 country region, address1 country, pais, pais region, direccion 1 pais o region"), length=80, label=msg("Country")),
        Field("city", Reading.LINE, words("mailing city, person city town village locality of address"), words("city, town, address 1 city, address1 city, ciudad, localidad, poblacion, direccion 1 ciudad"), length=120, label=msg("City")),
        Field("job_title", Reading.TEXT, words("job title, person job title, position, role, cargo, puesto"), ("title",), length=120, label=msg("Job title")),
        Field("company", Reading.NAME, (), COMPANY, names=Kind.COMPANIES, label=msg("Company")),
        Field("company_key", Reading.LINK, (), COMPANY_KEYS, names=Kind.COMPANIES, label=msg("Company, by key")),
        TAGS,
        *owner("contact owner", "person owner", "propietario del contacto"),
        DELETED,
    ),
)  # fmt: skip
