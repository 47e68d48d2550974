"""The grammar of Atom (RFC 4287, appendix B) as RELAX NG, of the elements that the feeds use and no others."""

from lxml import etree

GRAMMAR = """<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
  datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><ref name="feed"/></start>
  <define name="feed">
    <element name="feed">
      <attribute name="xml:lang"><data type="language"/></attribute>
      <interleave>
        <ref name="id"/><ref name="title"/><ref name="updated"/>
        <optional><ref name="subtitle"/></optional>
        <oneOrMore><ref name="author"/></oneOrMore>
        <optional><element name="generator"><data type="token"><param name="minLength">1</param></data></element></optional>
        <oneOrMore><ref name="link"/></oneOrMore>
      </interleave>
      <zeroOrMore><ref name="entry"/></zeroOrMore>
    </element>
  </define>
  <define name="entry">
    <element name="entry">
      <interleave>
        <ref name="id"/><ref name="title"/><ref name="updated"/><ref name="published"/><ref name="summary"/>
        <ref name="page"/>
        <oneOrMore><ref name="author"/></oneOrMore>
        <zeroOrMore><ref name="category"/></zeroOrMore>
      </interleave>
    </element>
  </define>
  <define name="id"><element name="id"><data type="anyURI"><param name="pattern">urn:uuid:[0-9a-f\\-]{36}</param></data></element></define>
  <define name="title"><element name="title"><ref name="text"/><data type="string"><param name="minLength">1</param></data></element></define>
  <define name="subtitle"><element name="subtitle"><ref name="text"/><text/></element></define>
  <define name="summary"><element name="summary"><ref name="text"/><text/></element></define>
  <define name="text"><optional><attribute name="type"><value>text</value></attribute></optional></define>
  <define name="updated"><element name="updated"><ref name="date"/></element></define>
  <define name="published"><element name="published"><ref name="date"/></element></define>
  <define name="date">
    <data type="dateTime"><param name="pattern">.+T.+(Z|[+\\-][0-9]{2}:[0-9]{2})</param></data>
  </define>
  <define name="author">
    <element name="author">
      <interleave>
        <element name="name"><data type="string"><param name="minLength">1</param></data></element>
        <optional><element name="uri"><data type="anyURI"/></element></optional>
      </interleave>
    </element>
  </define>
  <define name="link"><element name="link"><choice>
      <group><attribute name="rel"><value>self</value></attribute>
        <attribute name="type"><value>application/atom+xml</value></attribute></group>
      <group><attribute name="rel"><value>alternate</value></attribute>
        <attribute name="type"><value>text/html</value></attribute></group>
    </choice><ref name="href"/><empty/></element></define>
  <define name="page"><element name="link"><ref name="href"/><empty/></element></define>
  <define name="href"><attribute name="href"><data type="anyURI"><param name="pattern">https?://[^ ]+</param></data></attribute></define>
  <define name="category">
    <element name="category">
      <attribute name="term"><data type="string"><param name="minLength">1</param></data></attribute>
      <attribute name="scheme"><data type="anyURI"/></attribute>
      <attribute name="label"/>
      <empty/>
    </element>
  </define>
</grammar>"""  # noqa: E501  a grammar reads best with one definition a line

ATOM = "{http://www.w3.org/2005/Atom}"


def faults(feed: bytes) -> list[str]:
    """Give what the grammar finds wrong with a feed, and an identity that two of its entries share."""
    root = etree.fromstring(feed)
    grammar = etree.RelaxNG(etree.fromstring(GRAMMAR))
    found = [] if grammar.validate(root) else [str(error) for error in grammar.error_log]
    names = [one.text for one in root.iter(f"{ATOM}id")]
    if sorted(link.get("rel") for link in root.findall(f"{ATOM}link")) != ["alternate", "self"]:
        found.append("a feed has one link to itself and one to its page")
    return found + [f"{name} twice" for name in {one for one in names if names.count(one) > 1}]
