"""The public discussion of listings: comments, questions and challenges, their answers, and what is hidden."""
