class TestModule(object):
    def tests(self):
        return {'long': lambda value, least=3: len(value) >= least}
