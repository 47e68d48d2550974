"""The contexts and forms of the moderators' pages."""
